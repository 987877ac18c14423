import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from '../wire/json.mjs';

// A real node takes 50 KB; batches of sends are worth more.
const MAX_REQUEST_BYTES = 8 * 1024 * 1024;
const KEEP_ALIVE_MS = 60_000;

/**
 * The one port: JSON-RPC on `/`, the administrator under `/admin/`.
 * @param {import('./dispatcher.mjs').Dispatcher} dispatcher
 * @param {import('../admin/admin.mjs').Admin} admin
 * @param {import('../faults/network-faults.mjs').NetworkFaults} faults
 */
export function httpServer(dispatcher, admin, faults) {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true }, (request, response) => {
    serve(request, response).catch((error) => {
      process.stderr.write(`${request.method} ${request.url}: ${error.stack}\n`);
      request.socket.destroy();
    });
  });

  async function serve(request, response) {
    const { pathname } = new URL(request.url, 'http://localnet');
    if (request.method === 'GET' && pathname === '/health') return text(response, 200, 'ok');
    const body = await readBody(request);
    if (body === null) return text(response, 413, `the request is larger than ${MAX_REQUEST_BYTES} bytes`);
    if (pathname.startsWith('/admin/')) return admin.serve(request, body, response);
    if (request.method !== 'POST') return text(response, 405, 'JSON-RPC is spoken by POST', { allow: 'POST' });
    return rpc(request, body, response);
  }

  async function rpc(request, body, response) {
    const refusal = faults.ofRequest();
    if (refusal !== null) return text(response, refusal.status, `injected fault: HTTP ${refusal.status}`, refusal.headers);
    const { reply, sends } = dispatcher.answer(body, faults.lagSlots());
    const wait = faults.replyDelay();
    if (wait > 0) await delay(wait);
    if (faults.losesReply(sends)) return request.socket.destroy();
    if (reply === undefined) return text(response, 204, '');
    return send(response, 200, 'application/json', stringify(reply));
  }

  return server;
}

async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_REQUEST_BYTES) return null;
    chunks.push(chunk);
  }
  return (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString('utf8');
}

function text(response, status, message, headers = {}) {
  return send(response, status, 'text/plain', message, headers);
}

function send(response, status, type, body, headers = {}) {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}
