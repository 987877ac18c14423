import { createHash } from 'node:crypto';

/**
 * A random number that depends on nothing but its arguments: the same transaction meets the same
 * fate in every run with the same seed, in whatever order requests arrive.
 * @param {number} seed
 * @param {string} label
 * @returns {number} from 0 up to, not including, 1
 */
export function drawn(seed, label) {
  return createHash('sha256').update(`${seed} ${label}`).digest().readUInt32LE() / 2 ** 32;
}

/**
 * A sequence of random numbers (mulberry32), each from 0 up to, not including, 1.
 * @param {number} seed
 */
export function sequence(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
