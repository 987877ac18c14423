/**
 * Takes transactions from the network and decides in which slot they are executed, or whether at all.
 */
export class Leader {
  /** @type {Map<number, (() => void)[]>} by slot */
  #scheduled = new Map();

  /**
   * @param {import('./chain.mjs').Chain} chain
   * @param {import('../faults/network-faults.mjs').NetworkFaults} faults
   * @param {import('./block-limits.mjs').BlockLimits} limits
   * @param {import('../rpc/stats.mjs').Stats} stats
   */
  constructor(chain, faults, limits, stats) {
    this.chain = chain;
    this.faults = faults;
    this.limits = limits;
    this.stats = stats;
    chain.on('slot', (slot) => this.#startSlot(slot));
  }

  /** Transactions that wait for a later slot. */
  get waiting() {
    let count = 0;
    for (const tasks of this.#scheduled.values()) count += tasks.length;
    return count;
  }

  /**
   * @param {import('../wire/transaction.mjs').Transaction} transaction
   * @param {boolean} signaturesVerified
   */
  submit(transaction, signaturesVerified) {
    const { lost, landsInSlots, duplicateInSlots } = this.faults.ofSend(transaction, this.chain.slots);
    const { newest } = this.chain.slots;
    if (duplicateInSlots > 0) {
      this.stats.count('duplicatedSends');
      this.#at(newest + duplicateInSlots, () => this.#land(transaction, signaturesVerified));
    }
    if (lost) {
      this.stats.count('lostSends');
    } else if (landsInSlots > 0) {
      this.stats.count('lateSends');
      this.#at(newest + landsInSlots, () => this.#land(transaction, signaturesVerified));
    } else {
      this.#land(transaction, signaturesVerified);
    }
  }

  #land(transaction, signaturesVerified) {
    if (!this.limits.admits(transaction)) {
      this.stats.count('postponed');
      this.#at(this.chain.slots.newest + 1, () => this.#land(transaction, signaturesVerified));
      return;
    }
    const { fate, error, entry } = this.chain.land(transaction, { signaturesVerified });
    this.stats.count(fate);
    if (entry === undefined) return;
    if (error !== null) this.stats.count('landedWithError');
    const units = Number(entry.meta.computeUnitsConsumed());
    this.stats.count('computeUnits', units);
    this.limits.used(transaction, units);
  }

  #at(slot, task) {
    const tasks = this.#scheduled.get(slot);
    if (tasks) tasks.push(task);
    else this.#scheduled.set(slot, [task]);
  }

  #startSlot(slot) {
    this.limits.startBlock();
    for (const due of [...this.#scheduled.keys()].filter((each) => each <= slot).sort((a, b) => a - b)) {
      const tasks = this.#scheduled.get(due);
      this.#scheduled.delete(due);
      for (const task of tasks) task();
    }
  }
}
