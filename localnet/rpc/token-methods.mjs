import { isTokenProgram, kindOf, readMint, readTokenAccount } from '../programs/token-layout.mjs';
import { encode } from '../wire/base58.mjs';
import { accountFormat, accountToJson } from './account-encoding.mjs';
import { withContext } from './context.mjs';
import * as params from './params.mjs';
import { invalidParams } from './rpc-error.mjs';
import { amountToJson, decimalsOf } from './token-json.mjs';

/**
 * What is asked of mints and token accounts.
 * @type {Record<string, (node: import('./context.mjs').Node, params: any[]) => unknown>}
 */
export const tokenMethods = {
  getTokenAccountBalance(node, [address, given]) {
    const slot = params.contextSlot(node, params.options(given));
    const data = tokenData(node, params.pubkey(address), 'account');
    if (data === null) throw invalidParams('Invalid param: not a Token account');
    const { mint, amount } = readTokenAccount(data);
    const decimals = decimalsOf(mint, node.chain.machine);
    if (decimals === null) throw invalidParams('Invalid param: mint could not be unpacked');
    return withContext(slot, amountToJson(amount, decimals));
  },

  getTokenSupply(node, [address, given]) {
    const slot = params.contextSlot(node, params.options(given));
    const data = tokenData(node, params.pubkey(address), 'mint');
    if (data === null) throw invalidParams('Invalid param: not a Token mint');
    const { supply, decimals } = readMint(data);
    return withContext(slot, amountToJson(supply, decimals));
  },

  getTokenAccountsByOwner(node, [owner, filter, given]) {
    const options = params.options(given);
    const slot = params.contextSlot(node, options);
    const key = params.pubkey(owner);
    const { programs, mint } = tokenFilter(node, filter);
    const format = accountFormat(options);
    const { machine } = node.chain;
    const found = [];
    for (const { address, account } of node.chain.tokenAccounts.of(key)) {
      if (!programs.some((program) => program.equals(account.owner()))) continue;
      if (mint !== null && !mint.equals(account.data().subarray(0, 32))) continue;
      found.push({ pubkey: encode(address), account: accountToJson(account, format, machine) });
    }
    return withContext(slot, found);
  },
};

function tokenFilter(node, filter) {
  if (typeof filter?.mint === 'string') {
    const mint = params.pubkey(filter.mint);
    const owner = node.chain.machine.account(mint)?.owner();
    if (!owner || !isTokenProgram(owner)) throw invalidParams('Invalid param: could not find mint');
    return { programs: [Buffer.from(owner)], mint };
  }
  if (typeof filter?.programId === 'string') {
    const program = params.pubkey(filter.programId);
    if (!isTokenProgram(program)) throw invalidParams('Invalid param: unrecognized Token program id');
    return { programs: [program], mint: null };
  }
  throw invalidParams('Invalid params: a filter {"mint": …} or {"programId": …} is expected');
}

function tokenData(node, key, kind) {
  const account = node.chain.machine.account(key);
  if (!account || !isTokenProgram(account.owner())) {
    if (!account) throw invalidParams('Invalid param: could not find account');
    return null;
  }
  const data = account.data();
  return kindOf(data) === kind ? data : null;
}
