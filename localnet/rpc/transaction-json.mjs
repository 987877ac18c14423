import { loadedAddresses } from '../chain/writable-accounts.mjs';
import { isTokenProgram, kindOf, readTokenAccount } from '../programs/token-layout.mjs';
import { encode } from '../wire/base58.mjs';
import { feeOf } from '../wire/fee.mjs';
import { invalidParams, RpcError } from './rpc-error.mjs';
import { amountToJson, decimalsOf } from './token-json.mjs';
import { shown } from '../wire/shown.mjs';

const UNSUPPORTED_TRANSACTION_VERSION = -32015;

/**
 * @param {Record<string, any>} options
 * @returns {{ encoding: 'json' | 'base58' | 'base64', maxVersion: number | undefined }}
 */
export function transactionFormat({ encoding = 'json', maxSupportedTransactionVersion: maxVersion }) {
  if (!['json', 'base58', 'base64'].includes(encoding)) {
    throw invalidParams(`Invalid params: transaction encoding ${shown(encoding)} is not supported; use json, base58 or base64`);
  }
  return { encoding, maxVersion };
}

/**
 * @param {import('../wire/transaction.mjs').Transaction} transaction
 * @param {ReturnType<typeof transactionFormat>} format
 */
export function transactionToJson(transaction, { encoding, maxVersion }) {
  if (transaction.version !== 'legacy' && maxVersion === undefined) {
    throw new RpcError(UNSUPPORTED_TRANSACTION_VERSION,
      `Transaction version (${transaction.version}) is not supported by the requesting client. `
      + 'Please try the request again with the following configuration parameter: "maxSupportedTransactionVersion": 0');
  }
  if (encoding === 'base64') return [transaction.bytes.toString('base64'), 'base64'];
  if (encoding === 'base58') return [encode(transaction.bytes), 'base58'];
  const { bytes } = transaction;
  return {
    message: {
      accountKeys: staticKeys(transaction).map(encode),
      header: {
        numReadonlySignedAccounts: transaction.readonlySigned,
        numReadonlyUnsignedAccounts: transaction.readonlyUnsigned,
        numRequiredSignatures: transaction.requiredSignatures,
      },
      instructions: transaction.instructions.map((each) => ({
        accounts: [...bytes.subarray(each.accountsAt, each.accountsAt + each.accountCount)],
        data: encode(bytes.subarray(each.dataAt, each.dataAt + each.dataLength)),
        programIdIndex: each.program,
        stackHeight: 1,
      })),
      recentBlockhash: encode(bytes.subarray(transaction.blockhashAt, transaction.blockhashAt + 32)),
      ...(transaction.version === 'legacy' ? {} : { addressTableLookups: transaction.lookups.map((each) => lookupToJson(bytes, each)) }),
    },
    signatures: Array.from({ length: transaction.signatureCount }, (_, i) => {
      const at = transaction.signaturesAt + 64 * i;
      return encode(bytes.subarray(at, at + 64));
    }),
  };
}

/**
 * What a transaction did: fee, error, logs, balances before and after.
 * @param {import('../chain/journal.mjs').Entry} entry of a transaction
 * @param {import('../chain/chain.mjs').Chain} chain
 */
export function metaToJson(entry, chain) {
  const { transaction, meta, error } = entry;
  const loaded = loadedAddresses(transaction, chain.machine);
  const keys = [...staticKeys(transaction), ...loaded.writable, ...loaded.readonly];
  const current = (key) => chain.machine.account(key);
  const after = keys.map((key) => chain.journal.after(entry, key, current));
  const before = keys.map((key, i) => {
    const at = entry.keys.findIndex((each) => Buffer.compare(each, key) === 0);
    return at >= 0 ? entry.before[at] : after[i];
  });
  return {
    computeUnitsConsumed: Number(meta.computeUnitsConsumed()),
    err: error,
    fee: feeOf(transaction),
    innerInstructions: innerInstructions(meta),
    loadedAddresses: { readonly: loaded.readonly.map(encode), writable: loaded.writable.map(encode) },
    logMessages: meta.logs(),
    postBalances: after.map((account) => account?.lamports() ?? 0n),
    postTokenBalances: tokenBalances(after, chain.machine),
    preBalances: before.map((account) => account?.lamports() ?? 0n),
    preTokenBalances: tokenBalances(before, chain.machine),
    rewards: [],
    status: error === null ? { Ok: null } : { Err: error },
  };
}

function staticKeys(transaction) {
  return Array.from({ length: transaction.keyCount }, (_, i) => transaction.key(i));
}

function lookupToJson(bytes, each) {
  return {
    accountKey: encode(bytes.subarray(each.tableAt, each.tableAt + 32)),
    readonlyIndexes: [...bytes.subarray(each.readonlyAt, each.readonlyAt + each.readonlyCount)],
    writableIndexes: [...bytes.subarray(each.writableAt, each.writableAt + each.writableCount)],
  };
}

function innerInstructions(meta) {
  return meta
    .innerInstructions()
    .map((inner, index) => ({
      index,
      instructions: inner.map((each) => {
        const instruction = each.instruction();
        return {
          accounts: [...instruction.accounts()],
          data: encode(instruction.data()),
          programIdIndex: instruction.programIdIndex(),
          stackHeight: each.stackHeight(),
        };
      }),
    }))
    .filter(({ instructions }) => instructions.length > 0);
}

function tokenBalances(accounts, machine) {
  return accounts.flatMap((account, accountIndex) => {
    if (!account || !isTokenProgram(account.owner())) return [];
    const data = account.data();
    if (kindOf(data) !== 'account') return [];
    const { mint, owner, amount } = readTokenAccount(data);
    const decimals = decimalsOf(mint, machine);
    if (decimals === null) return [];
    return [{
      accountIndex, mint: encode(mint), owner: encode(owner), programId: encode(account.owner()),
      uiTokenAmount: amountToJson(amount, decimals),
    }];
  });
}
