import { WebSocketServer } from 'ws';
import { RpcCode, RpcError } from '../rpc/rpc-error.mjs';
import { stringify } from '../wire/json.mjs';
import { Subscriptions } from './subscriptions.mjs';

const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_SUBSCRIPTIONS = 10_000;

/**
 * Subscriptions over WebSocket, on the port of the RPC server.
 * @param {import('node:http').Server} server
 * @param {import('../rpc/services.mjs').Services} services
 * @returns {() => void} ends all connections
 */
export function webSocketServer(server, services) {
  const sockets = new WebSocketServer({ server, maxPayload: MAX_MESSAGE_BYTES });
  const subscriptions = new Subscriptions(services);

  sockets.on('connection', (socket) => {
    const mine = new Set();
    socket.on('message', (message) => socket.send(stringify(answer(socket, mine, message.toString()))));
    socket.on('close', () => mine.forEach((id) => subscriptions.remove(id)));
    // What breaks the protocol ends the connection; there is nobody left to tell.
    socket.on('error', () => socket.terminate());
  });

  function answer(socket, mine, message) {
    let request;
    try {
      request = JSON.parse(message);
    } catch {
      return { jsonrpc: '2.0', id: null, error: new RpcError(RpcCode.PARSE_ERROR, 'Parse error') };
    }
    const id = request?.id ?? null;
    try {
      return { jsonrpc: '2.0', id, result: run(socket, mine, request) };
    } catch (error) {
      if (error instanceof RpcError) return { jsonrpc: '2.0', id, error };
      throw error;
    }
  }

  function run(socket, mine, { method, params = [] } = {}) {
    if (typeof method !== 'string' || !Array.isArray(params)) throw new RpcError(RpcCode.INVALID_REQUEST, 'Invalid request');
    if (method.endsWith('Unsubscribe')) {
      if (!mine.delete(params[0])) throw new RpcError(RpcCode.INVALID_PARAMS, 'Invalid subscription id.');
      return subscriptions.remove(params[0]);
    }
    if (mine.size >= MAX_SUBSCRIPTIONS) throw new RpcError(RpcCode.INTERNAL_ERROR, `at most ${MAX_SUBSCRIPTIONS} subscriptions a connection`);
    const id = subscriptions.add(method, params, (notification, isLast) => {
      if (isLast) mine.delete(id);
      if (socket.readyState === socket.OPEN) socket.send(stringify(notification));
    });
    mine.add(id);
    return id;
  }

  return () => sockets.clients.forEach((socket) => socket.terminate());
}
