import { randomUUID } from 'node:crypto';

// RPC replies carry unsigned 64-bit integers as bare JSON numbers, beyond what a double holds.
// A bigint is written as a marked string, and the marks are removed from the finished text.

const MARK = `u64-${randomUUID()}:`; // that no caller can send
const MARKED = new RegExp(`"${MARK}(\\d+)"`, 'g');
let marked = false;

Object.defineProperty(BigInt.prototype, 'toJSON', {
  value() {
    if (this <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(this);
    marked = true;
    return MARK + this.toString();
  },
});

/**
 * @param {unknown} value with bigints anywhere
 * @returns {string}
 */
export function stringify(value) {
  marked = false;
  const text = JSON.stringify(value);
  return marked ? text.replace(MARKED, '$1') : text;
}
