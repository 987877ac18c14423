import { explain } from '../chain/transaction-errors.mjs';
import { encode } from '../wire/base58.mjs';
import { feeOf } from '../wire/fee.mjs';
import { MalformedError } from '../wire/reader.mjs';
import { MAX_TRANSACTION_BYTES, Transaction, UnsanitaryError } from '../wire/transaction.mjs';
import { accountFormat, accountToJson } from './account-encoding.mjs';
import { withContext } from './context.mjs';
import * as params from './params.mjs';
import { invalidParams, RpcCode, RpcError } from './rpc-error.mjs';

const TRANSACTION_TYPE = 'solana_transaction::versioned::VersionedTransaction';

/**
 * Sending, simulating and pricing transactions.
 * @type {Record<string, (node: import('./context.mjs').Node, params: any[]) => unknown>}
 */
export const sendingMethods = {
  sendTransaction(node, [text, given]) {
    const options = params.options(given);
    if (options.maxRetries !== undefined && options.maxRetries !== null) params.integer(options.maxRetries, 'maxRetries');
    const transaction = parse(text, options.encoding);
    const preflightSlot = params.contextSlot(node, { commitment: options.preflightCommitment, minContextSlot: options.minContextSlot });
    const skipPreflight = options.skipPreflight === true || node.services.faults.preflightOff;
    if (!skipPreflight) preflight(node, transaction, preflightSlot);
    node.services.leader.submit(transaction, !skipPreflight);
    return transaction.signature;
  },

  simulateTransaction(node, [text, given]) {
    const options = params.options(given);
    const slot = params.contextSlot(node, options);
    const transaction = parse(text, options.encoding);
    if (options.sigVerify && options.replaceRecentBlockhash) {
      throw invalidParams('sigVerify may not be used with replaceRecentBlockhash');
    }
    const { slots } = node.chain;
    const replaced = options.replaceRecentBlockhash
      ? { blockhash: slots.hashOf(slot), lastValidBlockHeight: slots.lastValidHeightAt(slot) }
      : undefined;
    const result = replaced || slots.accepts(transaction.blockhashKey, slot)
      ? node.chain.machine.simulate(transaction.bytes, options.sigVerify === true)
      : { error: 'BlockhashNotFound', meta: null, accounts: [] };
    if (result.error === 'SignatureFailure') throw signatureFailure();
    return withContext(slot, {
      ...simulationToJson(result),
      accounts: simulatedAccounts(node, options.accounts, result.accounts),
      innerInstructions: null,
      ...(replaced ? { replacementBlockhash: replaced } : {}),
    });
  },

  getFeeForMessage(node, [text, given]) {
    const slot = params.contextSlot(node, params.options(given));
    const bytes = params.encodedBytes(text, 'base64', MAX_TRANSACTION_BYTES, 'solana_message::VersionedMessage');
    const message = readOrRefuse(() => Transaction.ofMessage(bytes), 'solana_message::VersionedMessage');
    return withContext(slot, node.chain.slots.accepts(message.blockhashKey, slot) ? Number(feeOf(message)) : null);
  },

  requestAirdrop(node, [address, lamports, given]) {
    const to = params.pubkey(address);
    params.commitment(params.options(given).commitment);
    const { signature, error } = node.services.faucet.airdrop(to, BigInt(params.integer(lamports, 'lamports', { min: 1 })));
    if (error !== null) throw new RpcError(RpcCode.INTERNAL_ERROR, `the airdrop failed: ${explain(error)}`);
    return signature;
  },
};

function parse(text, encoding) {
  const bytes = params.encodedBytes(text, encoding, MAX_TRANSACTION_BYTES, TRANSACTION_TYPE);
  return readOrRefuse(() => new Transaction(bytes), TRANSACTION_TYPE);
}

function readOrRefuse(read, type) {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedError) throw invalidParams(`failed to deserialize ${type}: ${error.message}`);
    if (error instanceof UnsanitaryError) throw invalidParams(`invalid transaction: failed to sanitize: ${error.message}`);
    throw error;
  }
}

/** What a node checks before it passes a transaction on: what would fail is told at once and never sent. */
function preflight(node, transaction, slot) {
  const { chain } = node;
  if (chain.statuses.get(transaction.signature)) throw preflightFailure({ error: 'AlreadyProcessed', meta: null });
  if (!chain.slots.accepts(transaction.blockhashKey, slot)) throw preflightFailure({ error: 'BlockhashNotFound', meta: null });
  const result = chain.machine.simulate(transaction.bytes, true);
  if (result.error === 'SignatureFailure') throw signatureFailure();
  if (result.error !== null) throw preflightFailure(result);
}

function signatureFailure() {
  return new RpcError(RpcCode.SIGNATURE_VERIFICATION_FAILURE, 'Transaction signature verification failure');
}

function preflightFailure(result) {
  const data = { ...simulationToJson(result), accounts: null, innerInstructions: null };
  return new RpcError(RpcCode.PREFLIGHT_FAILURE, `Transaction simulation failed: ${explain(result.error)}`, data);
}

function simulationToJson({ error, meta }) {
  const returned = meta?.returnData();
  const hasReturned = returned !== undefined && returned.data().length > 0;
  return {
    err: error,
    logs: meta?.logs() ?? [],
    unitsConsumed: meta ? Number(meta.computeUnitsConsumed()) : 0,
    returnData: hasReturned
      ? { programId: encode(returned.programId()), data: [Buffer.from(returned.data()).toString('base64'), 'base64'] }
      : null,
  };
}

function simulatedAccounts(node, wanted, after) {
  if (wanted === undefined || wanted === null) return null;
  if (!Array.isArray(wanted.addresses)) throw invalidParams('Invalid params: accounts.addresses must be a list');
  const format = accountFormat({ encoding: 'base64', ...params.options(wanted) });
  const { machine } = node.chain;
  return wanted.addresses.map((address) => {
    const key = params.pubkey(address);
    const changed = after.find((each) => key.equals(each.address));
    return accountToJson(changed ? changed.account() : machine.account(key), format, machine);
  });
}
