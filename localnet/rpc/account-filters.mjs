import { decode } from '../wire/base58.mjs';
import * as params from './params.mjs';
import { invalidParams } from './rpc-error.mjs';
import { shown } from '../wire/shown.mjs';

const MAX_FILTERS = 4;

/**
 * The filters of `getProgramAccounts` as one predicate over an account's data.
 * @param {unknown} filters
 * @returns {(data: Uint8Array) => boolean}
 */
export function matcher(filters) {
  if (filters === undefined || filters === null) return () => true;
  if (!Array.isArray(filters) || filters.length > MAX_FILTERS) {
    throw invalidParams(`Too many filters provided; max ${MAX_FILTERS}`);
  }
  const tests = filters.map(predicate);
  return (data) => tests.every((test) => test(data));
}

function predicate(filter) {
  if (filter?.dataSize !== undefined) {
    const size = params.integer(filter.dataSize, 'dataSize');
    return (data) => data.length === size;
  }
  if (filter?.memcmp !== undefined) {
    const offset = params.integer(filter.memcmp.offset, 'memcmp.offset');
    const wanted = filter.memcmp.encoding === 'base64' ? Buffer.from(String(filter.memcmp.bytes), 'base64') : decode(String(filter.memcmp.bytes));
    if (wanted === null) throw invalidParams(`Invalid params: memcmp.bytes ${shown(filter.memcmp.bytes)} is not base58`);
    return (data) => offset + wanted.length <= data.length && wanted.equals(data.subarray(offset, offset + wanted.length));
  }
  throw invalidParams(`Invalid params: unknown filter ${shown(filter)}`);
}
