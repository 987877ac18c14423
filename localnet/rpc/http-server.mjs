import { createServer } from 'node:http';
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
  return createServer({ keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true }, (request, response) => {
    if (request.method === 'GET' && request.url === '/health') return text(response, 200, 'ok');
    readBody(request, (body) => {
      if (body === null) text(response, 413, `the request is larger than ${MAX_REQUEST_BYTES} bytes`, { connection: 'close' });
      else if (request.url.startsWith('/admin/')) administer(request, body, response);
      else if (request.method !== 'POST') text(response, 405, 'JSON-RPC is spoken by POST', { allow: 'POST' });
      else rpc(request, body, response);
    });
  });

  function rpc(request, body, response) {
    const refusal = faults.ofRequest();
    if (refusal !== null) return text(response, refusal.status, `injected fault: HTTP ${refusal.status}`, refusal.headers);
    const { reply, sends } = dispatcher.answer(body, faults.lagSlots());
    const finish = () => {
      if (faults.losesReply(sends)) request.socket.destroy();
      else if (reply === undefined) send(response, 204, 'application/json', '');
      else send(response, 200, 'application/json', stringify(reply));
    };
    const wait = faults.replyDelay();
    if (wait > 0) setTimeout(finish, wait);
    else finish();
  }

  function administer(request, body, response) {
    admin.serve(request, body, response).catch((error) => {
      process.stderr.write(`${request.method} ${request.url}: ${error.stack}\n`);
      request.socket.destroy();
    });
  }
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {(body: string | null) => void} done with null where it is too large
 */
function readBody(request, done) {
  const chunks = [];
  let size = 0;
  request.on('data', (chunk) => {
    size += chunk.length;
    if (size <= MAX_REQUEST_BYTES) return chunks.push(chunk);
    request.removeAllListeners().resume();
    return done(null);
  });
  request.on('end', () => done((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString('utf8')));
}

function text(response, status, message, headers = {}) {
  send(response, status, 'text/plain', message, headers);
}

function send(response, status, type, body, headers = {}) {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}
