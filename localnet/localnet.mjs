import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Admin } from './admin/admin.mjs';
import { Chain } from './chain/chain.mjs';
import { Slots } from './chain/slots.mjs';
import { VirtualMachine } from './chain/virtual-machine.mjs';
import { Ledger } from './ledger/ledger.mjs';
import { UsageError } from './options.mjs';
import { Dispatcher } from './rpc/dispatcher.mjs';
import { httpServer } from './rpc/http-server.mjs';
import { Services } from './rpc/services.mjs';
import { webSocketServer } from './subscriptions/websocket-server.mjs';

/** A running validator: chain, clock and server. */
export class Localnet {
  #closeSockets;
  #ledger;
  #server;
  #timer;

  /** @param {Exclude<ReturnType<import('./options.mjs').parseOptions>, { help: true }>} options */
  static async start(options) {
    const localnet = new Localnet(options);
    await localnet.#listen(options.port);
    localnet.#timer = setInterval(() => localnet.chain.tick(), options.slotMs);
    return localnet;
  }

  constructor(options) {
    this.#ledger = options.ledger === undefined ? null : new Ledger(options.ledger, options.checkpointMs);
    const seed = seedOf(this.#ledger, options);
    this.chain = new Chain({ slots: new Slots({ ...options, seed }), machine: new VirtualMachine(), history: options.history });
    this.#ledger?.attach(this.chain);
    this.services = new Services(this.chain, options.limits);
    if (this.chain.sequence === 0) this.services.faucet.fill();
    const admin = new Admin(this.services);
    this.#server = httpServer(new Dispatcher(this.services), admin, this.services.faults);
    this.#closeSockets = webSocketServer(this.#server, this.services);
  }

  get port() {
    return this.#server.address().port;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop() {
    clearInterval(this.#timer);
    this.#closeSockets();
    this.#server.closeAllConnections();
    this.#server.close();
    this.#ledger?.close();
  }

  async #listen(port) {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }
}

function seedOf(ledger, { seed }) {
  const former = ledger?.seed;
  if (former !== undefined && seed !== undefined && seed !== former) {
    throw new UsageError(`the ledger was begun with --seed ${former}; leave --seed away or use another directory`);
  }
  // Networks must not be mistaken for one another: what was signed for one is void in the next.
  return former ?? seed ?? randomUUID();
}
