import { encode } from '../wire/base58.mjs';
import * as params from './params.mjs';
import { parseTokenAccountOrMint } from './token-json.mjs';
import { invalidParams } from './rpc-error.mjs';
import { shown } from '../wire/shown.mjs';

const MAX_BASE58_BYTES = 128;
const ENCODINGS = ['base58', 'base64', 'base64+zstd', 'jsonParsed', 'binary'];

/**
 * How a caller wants to read accounts.
 * @typedef {{ encoding: string, slice: { offset: number, length: number } | null }} AccountFormat
 */

/**
 * @param {Record<string, any>} given
 * @returns {AccountFormat}
 */
export function accountFormat(given) {
  const encoding = given.encoding ?? 'binary';
  if (!ENCODINGS.includes(encoding)) {
    throw invalidParams(`Invalid params: unknown encoding ${shown(encoding)}, expected one of ${ENCODINGS.join(', ')}`);
  }
  if (encoding === 'base64+zstd') throw invalidParams('encoding base64+zstd is not supported by this node; use base64');
  const slice = given.dataSlice
    ? { offset: params.integer(given.dataSlice.offset, 'dataSlice.offset'), length: params.integer(given.dataSlice.length, 'dataSlice.length') }
    : null;
  return { encoding, slice };
}

/**
 * @param {any} account a handle, or null
 * @param {AccountFormat} format
 * @param {import('../chain/virtual-machine.mjs').VirtualMachine} machine
 */
export function accountToJson(account, format, machine) {
  if (account === null || account === undefined) return null;
  const data = account.data();
  const owner = encode(account.owner());
  return {
    data: encodeData(data, owner, format, machine),
    executable: account.executable(),
    lamports: account.lamports(),
    owner,
    rentEpoch: 0xffff_ffff_ffff_ffffn,
    space: data.length,
  };
}

function encodeData(data, owner, { encoding, slice }, machine) {
  if (encoding === 'jsonParsed') {
    const parsed = parseTokenAccountOrMint(data, owner, machine);
    if (parsed !== null) return parsed;
  }
  const part = slice ? data.subarray(slice.offset, slice.offset + slice.length) : data;
  if (encoding === 'base58' || encoding === 'binary') {
    if (part.length > MAX_BASE58_BYTES) {
      throw invalidParams('Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding.');
    }
    return encoding === 'binary' ? encode(part) : [encode(part), 'base58'];
  }
  return [Buffer.from(part.buffer, part.byteOffset, part.length).toString('base64'), 'base64'];
}
