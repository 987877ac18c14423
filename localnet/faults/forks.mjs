/**
 * Forks that abandon confirmed transactions: each that is doomed lands, is seen confirmed, and is
 * gone again before it is final, when the next fork is resolved.
 */
export class Forks {
  /** @type {Map<number, number>} slot by sequence */
  #doomed = new Map();

  /**
   * @param {import('../chain/chain.mjs').Chain} chain
   * @param {import('./network-faults.mjs').NetworkFaults} faults
   * @param {import('../rpc/stats.mjs').Stats} stats
   */
  constructor(chain, faults, stats) {
    this.chain = chain;
    this.faults = faults;
    this.stats = stats;
    chain.on('landed', (entry) => {
      if (faults.isDoomed(entry)) this.#doomed.set(entry.sequence, entry.slot);
    });
    chain.on('slot', (slot) => this.#startSlot(slot));
  }

  #startSlot(slot) {
    if (this.#doomed.size === 0 || slot % this.faults.settings.forkDrops.everySlots !== 0) return;
    const { slots } = this.chain;
    const abandoned = new Set();
    for (const [sequence, landedIn] of this.#doomed) {
      // One slot more than confirmation takes, so that somebody may have seen it confirmed.
      if (landedIn >= slots.at('confirmed')) continue;
      this.#doomed.delete(sequence);
      if (landedIn > slots.at('finalized')) abandoned.add(sequence);
    }
    if (abandoned.size > 0) this.drop(abandoned);
  }

  /** @param {Set<number>} sequences none of them final */
  drop(sequences) {
    const dropped = this.chain.fork(sequences);
    this.stats.count('forks');
    this.stats.count('dropped', dropped.length);
    return dropped;
  }
}
