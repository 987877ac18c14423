import { once } from 'node:events';
import { FaultSettingError } from '../faults/fault-settings.mjs';
import { stringify } from '../wire/json.mjs';
import { AdminError } from './admin-params.mjs';
import { chainCommands } from './chain-commands.mjs';
import { balancesOf, ledgerQueries } from './ledger-queries.mjs';
import { tokenCommands } from './token-commands.mjs';

const LINES_A_WRITE = 1000;

/** `/admin/…`: for whoever runs the network, beyond what the protocol offers. No fault touches it. */
export class Admin {
  #commands;
  #queries;

  /** @param {import('../rpc/services.mjs').Services} services */
  constructor(services) {
    this.services = services;
    this.#queries = ledgerQueries(services);
    this.#commands = {
      ...tokenCommands(services),
      ...chainCommands(services),
      'token-balances': (body) => balancesOf(services, body),
    };
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {string} body
   * @param {import('node:http').ServerResponse} response
   */
  async serve(request, body, response) {
    try {
      const { pathname, searchParams } = new URL(request.url, 'http://localnet');
      const name = pathname.slice('/admin/'.length);
      const query = request.method === 'GET' && this.#queries[name];
      if (query) await stream(response, query(Object.fromEntries(searchParams)));
      else reply(response, 200, this.#answer(request.method, name, body));
    } catch (error) {
      if (error instanceof AdminError) reply(response, error.status, { error: error.message });
      else if (error instanceof FaultSettingError) reply(response, 400, { error: error.message });
      else throw error;
    }
  }

  #answer(method, name, body) {
    const { faults, stats, leader, chain } = this.services;
    if (name === 'faults') {
      if (method === 'PUT' || method === 'POST') faults.order(parse(body));
      else if (method !== 'GET') throw new AdminError(405, 'use GET or PUT');
      return faults.settings;
    }
    if (name === 'stats' && method === 'GET') {
      return { ...stats.toJSON(), waiting: leader.waiting, signatures: chain.statuses.size, slot: chain.slots.newest };
    }
    const command = this.#commands[name];
    if (!command) throw new AdminError(404, `there is no /admin/${name}; there are ${this.#names().join(', ')}`);
    if (method !== 'POST') throw new AdminError(405, `use POST for /admin/${name}`);
    return command(parse(body));
  }

  #names() {
    return ['faults', 'stats', ...Object.keys(this.#queries), ...Object.keys(this.#commands)];
  }
}

function parse(body) {
  let value;
  try {
    value = JSON.parse(body === '' ? '{}' : body);
  } catch (error) {
    throw new AdminError(400, `the body is not JSON: ${error.message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new AdminError(400, 'the body must be a JSON object');
  return value;
}

function reply(response, status, value) {
  const text = stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

async function stream(response, lines) {
  // The first line is made before the head is sent: what is wrong with the question shows there.
  const iterator = lines[Symbol.iterator]();
  let next = iterator.next();
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  while (!next.done) {
    let chunk = '';
    for (let i = 0; i < LINES_A_WRITE && !next.done; i++, next = iterator.next()) chunk += `${next.value}\n`;
    if (!response.write(chunk)) await once(response, 'drain');
  }
  response.end();
}
