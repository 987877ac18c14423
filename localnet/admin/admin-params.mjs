import { decodeExactly } from '../wire/base58.mjs';
import { shown } from '../wire/shown.mjs';

/** An administrator's request that cannot be carried out, with the HTTP status that says so. */
export class AdminError extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const MAX_U64 = 2n ** 64n - 1n;

/** @param {Record<string, unknown>} body @param {string} name @returns {Buffer} */
export function key(body, name) {
  const bytes = decodeExactly(body[name], 32);
  if (bytes === null) throw new AdminError(400, `${name} must be the base58 of 32 bytes, not ${shown(body[name])}`);
  return bytes;
}

/** @param {Record<string, unknown>} body @param {string} name @returns {Buffer | undefined} */
export function optionalKey(body, name) {
  return body[name] === undefined || body[name] === null ? undefined : key(body, name);
}

/** @param {Record<string, unknown>} body @param {string} name @param {number} min @param {number} max @param {number} [otherwise] */
export function integer(body, name, min, max, otherwise) {
  const value = body[name] ?? otherwise;
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new AdminError(400, `${name} must be an integer from ${min} to ${max}, not ${shown(value)}`);
  }
  return value;
}

/**
 * An unsigned 64-bit integer, as a number or as text.
 * @param {Record<string, unknown>} body @param {string} name @param {bigint} [otherwise]
 */
export function u64(body, name, otherwise) {
  const value = body[name] ?? otherwise;
  const isExact = typeof value === 'bigint' || Number.isSafeInteger(value) || (typeof value === 'string' && /^\d+$/.test(value));
  const amount = isExact ? BigInt(value) : -1n;
  if (amount < 0n || amount > MAX_U64) {
    throw new AdminError(400, `${name} must be an integer from 0 to ${MAX_U64} (above 2^53 as text), not ${shown(value)}`);
  }
  return amount;
}

/** @param {Record<string, unknown>} body @param {string} name */
export function boolean(body, name) {
  const value = body[name] ?? false;
  if (typeof value !== 'boolean') throw new AdminError(400, `${name} must be true or false, not ${shown(value)}`);
  return value;
}

/** @param {Record<string, unknown>} body @param {string[]} names that are understood */
export function onlyKnown(body, names) {
  const unknown = Object.keys(body).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new AdminError(400, `unknown field ${shown(unknown)}; known are ${names.join(', ')}`);
}
