import { once } from 'node:events';
import { Admin } from './admin/admin.mjs';
import { Chain } from './chain/chain.mjs';
import { Slots } from './chain/slots.mjs';
import { VirtualMachine } from './chain/virtual-machine.mjs';
import { Dispatcher } from './rpc/dispatcher.mjs';
import { httpServer } from './rpc/http-server.mjs';
import { Services } from './rpc/services.mjs';

/** A running validator: chain, clock and server. */
export class Localnet {
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
    this.chain = new Chain({ slots: new Slots(options), machine: new VirtualMachine(), history: options.history });
    this.services = new Services(this.chain, options.limits);
    this.services.faucet.fill();
    const admin = new Admin(this.services);
    this.#server = httpServer(new Dispatcher(this.services), admin, this.services.faults);
  }

  get port() {
    return this.#server.address().port;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop() {
    clearInterval(this.#timer);
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #listen(port) {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }
}
