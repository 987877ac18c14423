import { decode, decodeExactly } from '../wire/base58.mjs';
import { invalidParams, RpcCode, RpcError } from './rpc-error.mjs';
import { shown } from '../wire/shown.mjs';

const COMMITMENTS = new Set(['processed', 'confirmed', 'finalized']);
// Names that old clients still send, with what they stand for.
const COMMITMENT_ALIASES = { recent: 'processed', single: 'confirmed', singleGossip: 'confirmed', root: 'finalized', max: 'finalized' };

/** @param {unknown} text @param {string} [what] */
export function pubkey(text, what = 'Invalid param') {
  const bytes = decodeExactly(text, 32);
  if (bytes === null) throw invalidParams(`${what}: ${shown(text)} is not the base58 of 32 bytes`);
  return bytes;
}

/** @param {unknown} text */
export function signature(text) {
  if (decodeExactly(text, 64) === null) throw invalidParams(`Invalid param: ${shown(text)} is not the base58 of 64 bytes`);
  return /** @type {string} */ (text);
}

/**
 * The options object that most methods take last.
 * @param {unknown} value
 * @returns {Record<string, any>}
 */
export function options(value) {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw invalidParams(`Invalid params: an object with options is expected, not ${shown(value)}`);
  }
  return value;
}

/**
 * @param {unknown} value
 * @param {import('../chain/slots.mjs').Commitment} [otherwise]
 * @returns {import('../chain/slots.mjs').Commitment}
 */
export function commitment(value, otherwise = 'finalized') {
  if (value === undefined || value === null) return otherwise;
  const name = COMMITMENT_ALIASES[value] ?? value;
  if (!COMMITMENTS.has(name)) {
    throw invalidParams(`Invalid params: unknown commitment ${shown(value)}, expected one of \`processed\`, \`confirmed\`, \`finalized\``);
  }
  return name;
}

/** @param {unknown} value @param {string} name @param {{ min?: number, max?: number }} [bounds] */
export function integer(value, name, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw invalidParams(`Invalid params: ${name} must be an integer from ${min} to ${max}, not ${shown(value)}`);
  }
  return /** @type {number} */ (value);
}

/**
 * The slot at which a query is answered.
 * @param {import('./context.mjs').Node} node
 * @param {Record<string, any>} given
 * @param {import('../chain/slots.mjs').Commitment} [otherwise]
 */
export function contextSlot(node, given, otherwise) {
  const slot = node.slotAt(commitment(given.commitment, otherwise));
  if (given.minContextSlot !== undefined && given.minContextSlot !== null) {
    if (integer(given.minContextSlot, 'minContextSlot') > slot) {
      throw new RpcError(RpcCode.MIN_CONTEXT_SLOT_NOT_REACHED, 'Minimum context slot has not been reached', { contextSlot: slot });
    }
  }
  return slot;
}

/**
 * Bytes given as base58 (the default) or base64.
 * @param {unknown} text
 * @param {unknown} encoding
 * @param {number} maxBytes
 * @param {string} what the Rust type that a real node would name
 * @param {string} [byDefault]
 */
export function encodedBytes(text, encoding, maxBytes, what, byDefault = 'base58') {
  const form = encoding ?? byDefault;
  if (form !== 'base58' && form !== 'base64') {
    throw invalidParams(`unsupported encoding: ${shown(form)}. Supported encodings: base58, base64`);
  }
  if (typeof text !== 'string') throw invalidParams(`Invalid params: ${form} text is expected, not ${shown(text)}`);
  const maxChars = form === 'base64' ? 4 * Math.ceil(maxBytes / 3) : Math.ceil(maxBytes * 1.3658) + 1;
  if (text.length > maxChars) {
    throw invalidParams(`${form} encoded ${what} too large: ${text.length} bytes (max: encoded/raw ${maxChars}/${maxBytes})`);
  }
  const bytes = form === 'base58' ? decode(text) : fromBase64(text);
  if (bytes === null) throw invalidParams(`invalid ${form} encoding: ${shown(text.slice(0, 40))}`);
  if (bytes.length > maxBytes) {
    throw invalidParams(`decoded ${what} too large: ${bytes.length} bytes (max: ${maxBytes} bytes)`);
  }
  return bytes;
}

function fromBase64(text) {
  // Buffer skips what is not base64; a real node refuses it.
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  return Buffer.from(text, 'base64');
}
