import { computeBudget } from '../wire/compute-budget.mjs';

const SLOTS = 150;

/**
 * The lowest priority fee, in micro-lamports a compute unit, that got a transaction into each of
 * the last 150 slots: over all accounts, and by account where a price was paid at all.
 */
export class PriorityFees {
  /** @type {{ slot: number, lowest: bigint | null, byAccount: Map<string, bigint> }[]} */
  #slots = [];

  /** @param {import('./chain.mjs').Chain} chain */
  constructor(chain) {
    chain.on('slot', (slot) => this.#start(slot));
    chain.on('landed', (entry) => this.#landed(entry.transaction));
    this.#start(chain.slots.newest);
  }

  /**
   * The price at which all of the given accounts could be locked.
   * @param {Buffer[]} keys
   */
  recent(keys) {
    const names = keys.map((key) => key.latin1Slice());
    return this.#slots.map(({ slot, lowest, byAccount }) => {
      let price = keys.length === 0 ? lowest ?? 0n : 0n;
      for (const name of names) {
        const paid = byAccount.get(name) ?? 0n;
        if (paid > price) price = paid;
      }
      return { slot, prioritizationFee: price };
    });
  }

  #start(slot) {
    this.#slots.push({ slot, lowest: null, byAccount: new Map() });
    if (this.#slots.length > SLOTS) this.#slots.shift();
  }

  #landed(transaction) {
    const current = this.#slots[this.#slots.length - 1];
    const { microLamportsPerUnit: price } = computeBudget(transaction);
    if (current.lowest === null || price < current.lowest) current.lowest = price;
    if (price === 0n) return;
    for (let i = 0; i < transaction.keyCount; i++) {
      if (!transaction.isWritable(i)) continue;
      const at = transaction.keysAt + 32 * i;
      const name = transaction.bytes.latin1Slice(at, at + 32);
      const lowest = current.byAccount.get(name);
      if (lowest === undefined || price < lowest) current.byAccount.set(name, price);
    }
  }
}
