import { faultSettings } from './fault-settings.mjs';
import { drawn, sequence } from './random.mjs';

const MAX_REMEMBERED_SENDS = 200_000;
const NO_FAULT = Object.freeze({ lost: false, landsInSlots: 0, duplicateInSlots: 0 });

/**
 * The faults that are ordered, and the dice. What happens to a transaction depends on seed,
 * signature and how often it was sent; what happens to a reply on the requests' order.
 */
export class NetworkFaults {
  #sends = new Map();
  #burst = 0;
  #next;

  constructor() {
    this.order({});
  }

  /** @param {unknown} settings which replace the former ones */
  order(settings) {
    this.settings = faultSettings(settings);
    this.#sends.clear();
    this.#burst = 0;
    this.#next = sequence(this.settings.seed);
  }

  get preflightOff() {
    return this.settings.preflightOff;
  }

  /**
   * What happens to a transaction on its way to the leader.
   * @param {import('../wire/transaction.mjs').Transaction} transaction
   * @param {import('../chain/slots.mjs').Slots} slots
   */
  ofSend(transaction, slots) {
    const { seed, lostSends, lateLanding, duplicatedSends } = this.settings;
    if (lostSends === 0 && lateLanding === 0 && duplicatedSends === 0) return NO_FAULT;
    const { signature } = transaction;
    const attempt = this.#countSend(signature);
    const draw = (what) => drawn(seed, `${what} ${signature} ${attempt}`);
    const lastValid = slots.lastValidHeight(transaction.blockhashKey);
    const remaining = lastValid === null ? 0 : lastValid - slots.heightOf(slots.newest);
    const later = (what) => Math.min(remaining, 1 + Math.floor(draw(what) * remaining));
    return {
      lost: draw('lost') < lostSends,
      landsInSlots: draw('late') < lateLanding ? later('late by') : 0,
      duplicateInSlots: draw('duplicate') < duplicatedSends ? later('duplicate by') : 0,
    };
  }

  /**
   * Whether a fork is going to abandon a change that has just landed.
   * @param {import('../chain/journal.mjs').Entry} entry
   */
  isDoomed({ transaction, sequence: number, survivesForks }) {
    const { seed, forkDrops } = this.settings;
    return forkDrops.p > 0 && !survivesForks && drawn(seed, `fork ${transaction.signature} ${number}`) < forkDrops.p;
  }

  /** @returns {{ status: number, headers: Record<string, string> } | null} a refusal in HTTP's terms */
  ofRequest() {
    const { http429, http5xx } = this.settings;
    if (this.#burst === 0 && this.#happens(http429.p)) this.#burst = http429.burst;
    if (this.#burst > 0) {
      this.#burst--;
      return { status: 429, headers: http429.retryAfter === null ? {} : { 'retry-after': String(http429.retryAfter) } };
    }
    return this.#happens(http5xx.p) ? { status: http5xx.status, headers: {} } : null;
  }

  /** @returns {number} slots by which the node that answers is behind */
  lagSlots() {
    const { p, slots } = this.settings.laggingStatus;
    return this.#happens(p) ? slots : 0;
  }

  /** @param {boolean} sends whether the request has sent a transaction */
  losesReply(sends) {
    return sends && this.#happens(this.settings.droppedReplies);
  }

  /** @returns {number} milliseconds before the reply leaves */
  replyDelay() {
    const { latencyMs, slowReplies } = this.settings;
    return latencyMs + (this.#happens(slowReplies.p) ? slowReplies.ms : 0);
  }

  #happens(probability) {
    return probability > 0 && this.#next() < probability;
  }

  #countSend(signature) {
    const attempt = (this.#sends.get(signature) ?? 0) + 1;
    this.#sends.set(signature, attempt);
    if (this.#sends.size > MAX_REMEMBERED_SENDS) this.#sends.delete(this.#sends.keys().next().value);
    return attempt;
  }
}
