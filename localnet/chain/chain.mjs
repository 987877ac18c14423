import { EventEmitter } from 'node:events';
import { Journal } from './journal.mjs';
import { Statuses } from './statuses.mjs';
import { TokenAccounts } from './token-accounts.mjs';
import { writableAccounts } from './writable-accounts.mjs';

/**
 * What became of a transaction that reached the leader:
 * landed (its fee is paid, also where it failed), a duplicate of one that has landed, too late or
 * with an unknown blockhash, or refused before any fee was charged.
 * @typedef {'landed' | 'duplicate' | 'expired' | 'refused'} Fate
 */

/**
 * The ledger: executes transactions in the newest slot, remembers their signatures, and can take
 * back what is not final.
 */
export class Chain extends EventEmitter {
  #sequence = 0;

  /**
   * @param {object} parts
   * @param {import('./slots.mjs').Slots} parts.slots
   * @param {import('./virtual-machine.mjs').VirtualMachine} parts.machine
   * @param {number} parts.history final transactions kept with all their details
   */
  constructor({ slots, machine, history }) {
    super();
    this.setMaxListeners(0);
    this.slots = slots;
    this.machine = machine;
    this.journal = new Journal(history);
    this.statuses = new Statuses();
    this.tokenAccounts = new TokenAccounts(machine);
    this.unixSeconds = Math.floor(Date.now() / 1000);
    machine.setClock(slots.newest, this.unixSeconds);
  }

  /** How many changes the ledger has seen. */
  get sequence() {
    return this.#sequence;
  }

  /** Begins the next slot. */
  tick() {
    this.moveTo(this.slots.newest + 1, Math.max(this.unixSeconds, Math.floor(Date.now() / 1000)));
  }

  /** @param {number} slot @param {number} unixSeconds */
  moveTo(slot, unixSeconds) {
    this.slots.moveTo(slot);
    this.unixSeconds = unixSeconds;
    this.machine.setClock(slot, unixSeconds);
    this.journal.trim(this.slots.at('finalized'));
    this.emit('slot', slot, unixSeconds);
  }

  /**
   * @param {import('../wire/transaction.mjs').Transaction} transaction
   * @param {{ signaturesVerified?: boolean, survivesForks?: boolean }} [options]
   * @returns {{ fate: Fate, error: string | object | null, entry?: import('./journal.mjs').Entry }}
   */
  land(transaction, { signaturesVerified = false, survivesForks = false } = {}) {
    if (this.statuses.get(transaction.signature)) return { fate: 'duplicate', error: 'AlreadyProcessed' };
    if (!this.slots.accepts(transaction.blockhashKey, this.slots.newest)) {
      return { fate: 'expired', error: 'BlockhashNotFound' };
    }
    const entry = this.#entry({ sequence: this.#sequence, ...this.#now(), transaction, survivesForks });
    if (!this.#execute(entry, signaturesVerified)) return { fate: 'refused', error: entry.error };
    this.#sequence++;
    this.emit('landed', entry);
    return { fate: 'landed', error: entry.error, entry };
  }

  /**
   * Writes an account as no transaction could.
   * @param {Uint8Array} key
   * @param {{ lamports: bigint, owner: Uint8Array, executable: boolean, data: Uint8Array }} account
   */
  setAccount(key, account) {
    const entry = this.#entry({ sequence: this.#sequence, ...this.#now(), keys: [key], written: account, survivesForks: true });
    this.#write(entry);
    this.#sequence++;
    this.emit('written', entry);
  }

  /**
   * A fork abandons the given changes: everything from the earliest of them on is undone, and
   * what was not abandoned is executed again in its old order and slot.
   * @param {Set<number>} sequences all of them in the journal
   * @returns {import('./journal.mjs').Entry[]} what was dropped: also what can no longer pay its fee
   */
  fork(sequences) {
    const earliest = Math.min(...sequences);
    const undone = [];
    for (;;) {
      const entry = this.journal.pop();
      if (entry === undefined) break;
      if (entry.sequence < earliest) {
        this.journal.push(entry);
        break;
      }
      this.#undo(entry);
      undone.push(entry);
    }
    const dropped = [];
    const changed = [];
    undone.reverse();
    for (const entry of undone) {
      const error = entry.error;
      if (sequences.has(entry.sequence) || !this.#redo(entry)) dropped.push(entry);
      else if (JSON.stringify(error) !== JSON.stringify(entry.error)) changed.push(entry);
    }
    this.machine.setClock(this.slots.newest, this.unixSeconds);
    this.emit('forked', { undone, dropped, changed });
    return dropped;
  }

  /**
   * Puts an account into the state that a checkpoint says.
   * @param {Uint8Array} key
   * @param {any} account
   */
  restoreAccount(key, account) {
    this.machine.setAccount(key, account);
    this.tokenAccounts.note(key, this.machine.account(key));
  }

  /**
   * Executes again what the log says has landed.
   * @param {{ sequence: number, slot: number, unixSeconds: number, survivesForks: boolean }} place
   * @param {import('../wire/transaction.mjs').Transaction} transaction
   */
  replayTransaction(place, transaction) {
    const entry = this.#entry({ ...place, transaction });
    this.machine.setClock(entry.slot, entry.unixSeconds);
    this.#execute(entry, true);
    return entry;
  }

  /**
   * Writes again what the log says was written.
   * @param {{ sequence: number, slot: number, unixSeconds: number }} place
   * @param {Uint8Array} key
   * @param {any} account
   */
  replayAccount(place, key, account) {
    const entry = this.#entry({ ...place, keys: [key], written: account, survivesForks: true });
    this.#write(entry);
    return entry;
  }

  /**
   * Takes over what the log knows, now that everything in it is executed.
   * @param {{ statuses: Map<string, import('./statuses.mjs').Status>, slot: number, unixSeconds: number, sequence: number }} state
   */
  restored({ statuses, slot, unixSeconds, sequence }) {
    this.statuses = new Statuses(statuses);
    this.#sequence = sequence;
    this.slots.moveTo(slot);
    this.unixSeconds = unixSeconds;
  }

  #now() {
    return { slot: this.slots.newest, unixSeconds: this.unixSeconds };
  }

  #entry(known) {
    return { transaction: null, keys: [], before: [], written: null, error: null, meta: null, survivesForks: false, tookMs: 0, ...known };
  }

  #undo(entry) {
    for (let i = entry.keys.length - 1; i >= 0; i--) this.machine.restore(entry.keys[i], entry.before[i]);
    if (entry.transaction) this.statuses.delete(entry.transaction.signature);
  }

  #redo(entry) {
    this.machine.setClock(entry.slot, entry.unixSeconds);
    if (entry.transaction) return this.#execute(entry, true);
    this.#write(entry);
    return true;
  }

  #write(entry) {
    const [key] = entry.keys;
    entry.before = [this.machine.account(key)];
    this.machine.setAccount(key, entry.written);
    this.tokenAccounts.note(key, this.machine.account(key));
    this.journal.push(entry);
  }

  /** @returns {boolean} whether the fee was charged, so that the transaction is on the ledger */
  #execute(entry, signaturesVerified) {
    const { transaction } = entry;
    const payer = transaction.key(0);
    entry.keys = writableAccounts(transaction, this.machine);
    entry.before = entry.keys.map((key) => this.machine.account(key));
    const started = performance.now();
    const { error, meta } = this.machine.execute(transaction.bytes, signaturesVerified);
    entry.tookMs = performance.now() - started;
    entry.error = error;
    entry.meta = meta;
    if (error !== null && this.machine.lamports(payer) === (entry.before[0]?.lamports() ?? 0n)) return false;
    this.statuses.set(transaction.signature, { slot: entry.slot, error, sequence: entry.sequence });
    this.tokenAccounts.landed(entry);
    this.journal.push(entry);
    return true;
  }
}
