import { accountFormat, accountToJson } from '../rpc/account-encoding.mjs';
import { withContext } from '../rpc/context.mjs';
import * as params from '../rpc/params.mjs';
import { RpcCode, RpcError } from '../rpc/rpc-error.mjs';

/**
 * Who wants to be told what, and the telling: https://solana.com/docs/rpc/websocket
 * @typedef {(notification: object, isLast: boolean) => void} Listener
 */
export class Subscriptions {
  #nextId = 1;
  /** @type {Map<number, { name: string, listener: Listener, on: 'slot' | 'change', once: boolean, check: () => unknown }>} */
  #all = new Map();

  /** @param {import('../rpc/services.mjs').Services} services */
  constructor({ chain }) {
    this.chain = chain;
    chain.on('slot', () => this.#check('slot'));
    for (const event of ['landed', 'written', 'forked']) chain.on(event, () => this.#check('change'));
  }

  /**
   * @param {string} method such as `signatureSubscribe`
   * @param {unknown[]} given
   * @param {Listener} listener
   * @returns {number} the subscription's id
   */
  add(method, given, listener) {
    const kinds = { slotSubscribe: () => this.#slots(), signatureSubscribe: () => this.#signature(given), accountSubscribe: () => this.#account(given) };
    if (!Object.hasOwn(kinds, method)) throw new RpcError(RpcCode.METHOD_NOT_FOUND, 'Method not found');
    const id = this.#nextId++;
    this.#all.set(id, { name: method.replace('Subscribe', 'Notification'), listener, ...kinds[method]() });
    // The answer with the id must leave first; then what is so already is told.
    setImmediate(() => this.#checkOne(id));
    return id;
  }

  /** @param {number} id @returns {boolean} whether there was such a subscription */
  remove(id) {
    return this.#all.delete(id);
  }

  #check(trigger) {
    if (this.#all.size === 0) return;
    for (const [id, { on }] of this.#all) if (trigger === 'slot' || on === 'change') this.#checkOne(id);
  }

  #checkOne(id) {
    const subscription = this.#all.get(id);
    const result = subscription?.check();
    if (result === undefined) return;
    if (subscription.once) this.#all.delete(id);
    const notification = { jsonrpc: '2.0', method: subscription.name, params: { result, subscription: id } };
    subscription.listener(notification, subscription.once);
  }

  #slots() {
    const { slots } = this.chain;
    let told = slots.newest;
    return {
      on: 'slot', once: false,
      check: () => {
        if (slots.newest === told) return undefined;
        told = slots.newest;
        return { parent: told - 1, root: slots.at('finalized'), slot: told };
      },
    };
  }

  #signature([text, given]) {
    const signature = params.signature(text);
    const level = params.commitment(params.options(given).commitment);
    return {
      on: level === 'processed' ? 'change' : 'slot', once: true,
      check: () => {
        const { slots, statuses } = this.chain;
        const status = statuses.get(signature);
        if (status === undefined || status.slot > slots.at(level)) return undefined;
        return withContext(slots.at(level), { err: status.error });
      },
    };
  }

  #account([text, given]) {
    const key = params.pubkey(text);
    const options = params.options(given);
    const level = params.commitment(options.commitment);
    const format = accountFormat(options);
    const { machine, slots } = this.chain;
    const now = () => JSON.stringify(accountToJson(machine.account(key), { encoding: 'base64', slice: null }, machine));
    let told = now();
    return {
      on: level === 'processed' ? 'change' : 'slot', once: false,
      check: () => {
        const current = now();
        if (current === told) return undefined;
        told = current;
        return withContext(slots.at(level), accountToJson(machine.account(key), format, machine));
      },
    };
  }
}
