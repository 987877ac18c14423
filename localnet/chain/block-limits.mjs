import { computeBudget } from '../wire/compute-budget.mjs';

/**
 * How many compute units fit a block, and how many of them may write one account. What does not
 * fit waits for the next block, as on a busy cluster. Zero means no limit.
 */
export class BlockLimits {
  #block = 0;
  #accounts = new Map();

  /** @param {{ blockUnits: number, accountUnits: number }} limits */
  constructor({ blockUnits, accountUnits }) {
    this.blockUnits = blockUnits;
    this.accountUnits = accountUnits;
  }

  startBlock() {
    this.#block = 0;
    this.#accounts.clear();
  }

  /**
   * Judged by what the transaction asks for, because what it will use is not known yet.
   * @param {import('../wire/transaction.mjs').Transaction} transaction
   */
  admits(transaction) {
    if (this.blockUnits === 0 && this.accountUnits === 0) return true;
    const { unitLimit } = computeBudget(transaction);
    if (this.blockUnits > 0 && this.#block > 0 && this.#block + unitLimit > this.blockUnits) return false;
    if (this.accountUnits === 0) return true;
    return writableKeys(transaction).every((key) => {
      const used = this.#accounts.get(key) ?? 0;
      return used === 0 || used + unitLimit <= this.accountUnits;
    });
  }

  /**
   * @param {import('../wire/transaction.mjs').Transaction} transaction
   * @param {number} units that were consumed
   */
  used(transaction, units) {
    this.#block += units;
    if (this.accountUnits === 0) return;
    for (const key of writableKeys(transaction)) this.#accounts.set(key, (this.#accounts.get(key) ?? 0) + units);
  }
}

function writableKeys(transaction) {
  const keys = [];
  for (let i = 0; i < transaction.keyCount; i++) {
    const at = transaction.keysAt + 32 * i;
    if (transaction.isWritable(i)) keys.push(transaction.bytes.latin1Slice(at, at + 32));
  }
  return keys;
}
