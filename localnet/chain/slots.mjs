import { createHash } from 'node:crypto';
import { encode } from '../wire/base58.mjs';

/** A blockhash may be used until the block this many after its own. */
export const MAX_PROCESSING_AGE = 150;

// Slots run ahead of blocks on a real cluster, where leaders skip theirs. A client that takes one
// number for the other finds all its blockhashes expired here, and not only in production.
const FIRST_SLOT = 447_552_064;
const SLOTS_SKIPPED = 21_000_000;

/**
 * Slots, block heights, blockhashes and commitment levels. A blockhash follows from the seed and
 * its height, so none has to be remembered beyond its life.
 * @typedef {'processed' | 'confirmed' | 'finalized'} Commitment
 */
export class Slots {
  #heights = new Map();
  #hashes = new Map();

  /** @param {{ seed: string, confirmSlots: number, finalizeSlots: number }} options */
  constructor({ seed, confirmSlots, finalizeSlots }) {
    this.seed = seed;
    this.confirmSlots = confirmSlots;
    this.finalizeSlots = finalizeSlots;
    this.genesisHash = encode(digest(seed, 'genesis'));
    this.first = FIRST_SLOT;
    this.moveTo(FIRST_SLOT);
  }

  /**
   * Makes `slot` the newest. All hashes still alive are known afterwards.
   * @param {number} slot
   */
  moveTo(slot) {
    const known = this.newest === undefined ? 0 : this.heightOf(this.newest);
    this.newest = slot;
    const height = this.heightOf(slot);
    for (let each = Math.max(known + 1, height - 2 * MAX_PROCESSING_AGE); each <= height; each++) this.#remember(each);
    for (const old of this.#hashes.keys()) {
      if (old > height - 3 * MAX_PROCESSING_AGE) break;
      this.#heights.delete(this.#hashes.get(old).key);
      this.#hashes.delete(old);
    }
  }

  #remember(height) {
    const hash = digest(this.seed, `block ${height}`);
    const entry = { key: hash.latin1Slice(), text: encode(hash) };
    this.#hashes.set(height, entry);
    this.#heights.set(entry.key, height);
  }

  /** @param {number} slot */
  heightOf(slot) {
    return slot - SLOTS_SKIPPED;
  }

  /**
   * The newest slot at a commitment level.
   * @param {Commitment} commitment
   * @param {number} [lag] slots by which the node that answers is behind
   */
  at(commitment, lag = 0) {
    const age = commitment === 'processed' ? 0 : commitment === 'confirmed' ? this.confirmSlots : this.finalizeSlots;
    return this.newest - lag - age;
  }

  /**
   * @param {number} slot
   * @param {number} [lag]
   * @returns {Commitment}
   */
  commitmentOf(slot, lag = 0) {
    if (slot <= this.at('finalized', lag)) return 'finalized';
    return slot <= this.at('confirmed', lag) ? 'confirmed' : 'processed';
  }

  /**
   * @param {number} slot
   * @returns {string} base58
   */
  hashOf(slot) {
    const height = this.heightOf(slot);
    return this.#hashes.get(height)?.text ?? encode(digest(this.seed, `block ${height}`));
  }

  /**
   * The last block height at which a blockhash may be used, or null where it is unknown or no longer remembered.
   * @param {string} key 32 bytes as latin1
   * @returns {number | null}
   */
  lastValidHeight(key) {
    const height = this.#heights.get(key);
    return height === undefined ? null : height + MAX_PROCESSING_AGE;
  }

  /** @param {number} slot whose block's hash is meant */
  lastValidHeightAt(slot) {
    return this.heightOf(slot) + MAX_PROCESSING_AGE;
  }

  /**
   * Whether a node that has seen `slot` accepts the blockhash for its next block.
   * @param {string} key 32 bytes as latin1
   * @param {number} slot
   */
  accepts(key, slot) {
    const height = this.#heights.get(key);
    if (height === undefined) return false;
    const now = this.heightOf(slot);
    return height <= now && now <= height + MAX_PROCESSING_AGE;
  }
}

function digest(seed, label) {
  return createHash('sha256').update(seed).update('\0').update(label).digest();
}
