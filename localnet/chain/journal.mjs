/**
 * One change of the ledger: a transaction, or an account written by an administrator.
 * @typedef {object} Entry
 * @property {number} sequence counts all changes since genesis
 * @property {number} slot
 * @property {number} unixSeconds
 * @property {import('../wire/transaction.mjs').Transaction | null} transaction null for an administrator's write
 * @property {Uint8Array[]} keys of the accounts it may have written
 * @property {any[]} before those accounts as they were, null where there was none
 * @property {any} written the account that an administrator wrote
 * @property {string | object | null} error
 * @property {any} meta what the virtual machine tells about the execution
 * @property {boolean} survivesForks
 * @property {number} tookMs to execute
 */

/**
 * The newest changes, with what they changed: enough to undo each that is not final yet, and to
 * tell balances before and after it. Older ones are forgotten.
 */
export class Journal {
  /** @type {Entry[]} */
  #entries = [];
  #head = 0;

  /** @param {number} capacity entries that are kept although they are final */
  constructor(capacity) {
    this.capacity = capacity;
  }

  /** @param {Entry} entry */
  push(entry) {
    this.#entries.push(entry);
  }

  /** @returns {Entry | undefined} the newest, removed */
  pop() {
    return this.#entries.length > this.#head ? this.#entries.pop() : undefined;
  }

  /** @param {number} finalizedSlot */
  trim(finalizedSlot) {
    while (this.#entries.length - this.#head > this.capacity && this.#entries[this.#head].slot <= finalizedSlot) {
      this.#entries[this.#head++] = undefined;
    }
    if (this.#head > 4096 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }

  /** @param {number} sequence */
  find(sequence) {
    const oldest = this.#entries[this.#head];
    // A dropped change leaves a gap in the numbers, so its place is a bound and not an index.
    if (oldest === undefined || sequence < oldest.sequence) return undefined;
    let low = this.#head;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle].sequence < sequence) low = middle + 1;
      else high = middle;
    }
    const found = this.#entries[low];
    return found?.sequence === sequence ? found : undefined;
  }

  /** Newest first. */
  *newestFirst() {
    for (let i = this.#entries.length - 1; i >= this.#head; i--) yield this.#entries[i];
  }

  /**
   * The account as it was right after an entry: as the next entry found it, or as it is now.
   * @param {Entry} entry
   * @param {Uint8Array} key
   * @param {(key: Uint8Array) => any} current
   */
  after(entry, key, current) {
    const wanted = Buffer.from(key);
    let found = null;
    let isFound = false;
    for (const later of this.newestFirst()) {
      if (later === entry) break;
      const at = later.keys.findIndex((each) => wanted.equals(each));
      if (at >= 0) {
        found = later.before[at];
        isFound = true;
      }
    }
    return isFound ? found : current(key);
  }
}
