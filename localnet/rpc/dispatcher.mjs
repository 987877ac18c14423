import { accountMethods } from './account-methods.mjs';
import { clusterMethods } from './cluster-methods.mjs';
import { Node } from './context.mjs';
import { historyMethods } from './history-methods.mjs';
import { RpcCode, RpcError } from './rpc-error.mjs';
import { sendingMethods } from './sending-methods.mjs';
import { tokenMethods } from './token-methods.mjs';

const METHODS = new Map(
  [clusterMethods, accountMethods, tokenMethods, sendingMethods, historyMethods].flatMap((group) => Object.entries(group)),
);
const MAX_BATCH = 1000;

/** JSON-RPC 2.0: https://www.jsonrpc.org/specification */
export class Dispatcher {
  /** @param {import('./services.mjs').Services} services */
  constructor(services) {
    this.services = services;
  }

  /**
   * @param {string} body of the request
   * @param {number} lagSlots by which the answering node is behind
   * @returns {{ reply: unknown, sends: boolean }} reply undefined where none is due
   */
  answer(body, lagSlots) {
    const node = new Node(this.services.chain, this.services, lagSlots);
    let request;
    try {
      request = JSON.parse(body);
    } catch {
      return { reply: failure(null, new RpcError(RpcCode.PARSE_ERROR, 'Parse error')), sends: false };
    }
    if (!Array.isArray(request)) return { reply: this.#call(node, request), sends: request?.method === 'sendTransaction' };
    if (request.length === 0) return { reply: failure(null, new RpcError(RpcCode.INVALID_REQUEST, 'Invalid request')), sends: false };
    if (request.length > MAX_BATCH) {
      const message = `Batch of ${request.length} requests is too large; max ${MAX_BATCH}`;
      return { reply: failure(null, new RpcError(RpcCode.INVALID_REQUEST, message)), sends: false };
    }
    const replies = request.map((each) => this.#call(node, each)).filter((each) => each !== undefined);
    return { reply: replies.length > 0 ? replies : undefined, sends: request.some((each) => each?.method === 'sendTransaction') };
  }

  #call(node, request) {
    if (!isRequest(request)) return failure(null, new RpcError(RpcCode.INVALID_REQUEST, 'Invalid request'));
    const { id, method, params } = request;
    const reply = this.#reply(node, id ?? null, method, params ?? []);
    return id === undefined ? undefined : reply;
  }

  #reply(node, id, method, params) {
    const run = METHODS.get(method);
    if (run === undefined) return failure(id, new RpcError(RpcCode.METHOD_NOT_FOUND, 'Method not found'));
    this.services.stats.call(method);
    try {
      return { jsonrpc: '2.0', id, result: run(node, params) };
    } catch (error) {
      if (error instanceof RpcError) return failure(id, error);
      process.stderr.write(`${method}: ${error.stack}\n`);
      return failure(id, new RpcError(RpcCode.INTERNAL_ERROR, 'Internal error'));
    }
  }
}

function isRequest(request) {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return false;
  const { jsonrpc, id, method, params } = request;
  return (
    jsonrpc === '2.0'
    && typeof method === 'string'
    && (id === undefined || id === null || typeof id === 'string' || typeof id === 'number')
    && (params === undefined || Array.isArray(params))
  );
}

function failure(id, error) {
  return { jsonrpc: '2.0', id, error };
}
