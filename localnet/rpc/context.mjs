/**
 * The node that answers one request: the chain as seen with a delay of some slots.
 */
export class Node {
  /**
   * @param {import('../chain/chain.mjs').Chain} chain
   * @param {import('./services.mjs').Services} services
   * @param {number} [lagSlots]
   */
  constructor(chain, services, lagSlots = 0) {
    this.chain = chain;
    this.services = services;
    this.lagSlots = lagSlots;
  }

  /** @param {import('../chain/slots.mjs').Commitment} commitment */
  slotAt(commitment) {
    return this.chain.slots.at(commitment, this.lagSlots);
  }

  /**
   * The status of a signature if this node has seen it.
   * @param {string} signature
   */
  status(signature) {
    const status = this.chain.statuses.get(signature);
    return status !== undefined && status.slot <= this.slotAt('processed') ? status : undefined;
  }
}

/**
 * @param {number} slot
 * @param {unknown} value
 */
export function withContext(slot, value) {
  return { context: { apiVersion: API_VERSION, slot }, value };
}

/** The release of Agave whose replies are imitated. */
export const API_VERSION = '3.0.6';
