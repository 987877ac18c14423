import { encode } from '../wire/base58.mjs';
import { accountFormat, accountToJson } from './account-encoding.mjs';
import { matcher } from './account-filters.mjs';
import { withContext } from './context.mjs';
import * as params from './params.mjs';
import { invalidParams } from './rpc-error.mjs';

const MAX_MULTIPLE_ACCOUNTS = 100;
const MAX_ACCOUNT_BYTES = 10 * 1024 * 1024;

/**
 * What is asked of accounts. They are read as they are now, whatever the commitment.
 * @type {Record<string, (node: import('./context.mjs').Node, params: any[]) => unknown>}
 */
export const accountMethods = {
  getBalance(node, [address, given]) {
    const key = params.pubkey(address);
    return withContext(params.contextSlot(node, params.options(given)), node.chain.machine.lamports(key));
  },

  getAccountInfo(node, [address, given]) {
    const key = params.pubkey(address);
    const options = params.options(given);
    const slot = params.contextSlot(node, options);
    const { machine } = node.chain;
    return withContext(slot, accountToJson(machine.account(key), accountFormat(options), machine));
  },

  getMultipleAccounts(node, [addresses, given]) {
    if (!Array.isArray(addresses)) throw invalidParams('Invalid params: a list of addresses is expected');
    if (addresses.length > MAX_MULTIPLE_ACCOUNTS) {
      throw invalidParams(`Too many inputs provided; max ${MAX_MULTIPLE_ACCOUNTS}`);
    }
    const keys = addresses.map((address) => params.pubkey(address));
    const options = params.options(given);
    const slot = params.contextSlot(node, options);
    const format = accountFormat({ encoding: 'base64', ...options });
    const { machine } = node.chain;
    return withContext(slot, keys.map((key) => accountToJson(machine.account(key), format, machine)));
  },

  getProgramAccounts(node, [program, given]) {
    const key = params.pubkey(program);
    const options = params.options(given);
    const slot = params.contextSlot(node, options);
    const format = accountFormat(options);
    const matches = matcher(options.filters);
    const { machine } = node.chain;
    const found = machine
      .accountsOf(key)
      .map((each) => ({ address: each.address, account: each.account() }))
      .filter(({ account }) => matches(account.data()))
      .map(({ address, account }) => ({ pubkey: encode(address), account: accountToJson(account, format, machine) }));
    return options.withContext ? withContext(slot, found) : found;
  },

  getMinimumBalanceForRentExemption(node, [bytes, given]) {
    params.commitment(params.options(given).commitment);
    return node.chain.machine.rentExemption(params.integer(bytes, 'data length', { max: MAX_ACCOUNT_BYTES }));
  },
};
