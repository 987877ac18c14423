import { withContext } from './context.mjs';
import * as params from './params.mjs';
import { invalidParams, RpcCode, RpcError } from './rpc-error.mjs';
import { metaToJson, transactionFormat, transactionToJson } from './transaction-json.mjs';
import { shown } from '../wire/shown.mjs';

const MAX_STATUSES = 256;
const MAX_SIGNATURES = 1000;
// As long as a node keeps statuses in memory; older ones are found in its history only.
const STATUS_CACHE_SLOTS = 300;

/**
 * What has become of transactions.
 * @type {Record<string, (node: import('./context.mjs').Node, params: any[]) => unknown>}
 */
export const historyMethods = {
  getSignatureStatuses(node, [signatures, given]) {
    if (!Array.isArray(signatures)) throw invalidParams('Invalid params: a list of signatures is expected');
    if (signatures.length > MAX_STATUSES) throw invalidParams(`Too many inputs provided; max ${MAX_STATUSES}`);
    const options = params.options(given);
    const slot = node.slotAt('processed');
    const oldest = options.searchTransactionHistory === true ? 0 : slot - STATUS_CACHE_SLOTS;
    return withContext(slot, signatures.map((signature) => statusToJson(node, signature, oldest)));
  },

  getTransaction(node, [signature, given]) {
    params.signature(signature);
    const options = typeof given === 'string' ? { encoding: given } : params.options(given);
    const format = transactionFormat(options);
    const { chain } = node;
    const status = visible(node, signature, options.commitment);
    const entry = status && chain.journal.find(status.sequence);
    if (!entry?.transaction) return null;
    return {
      blockTime: entry.unixSeconds,
      meta: metaToJson(entry, chain),
      slot: entry.slot,
      transaction: transactionToJson(entry.transaction, format),
      ...(options.maxSupportedTransactionVersion === undefined ? {} : { version: entry.transaction.version }),
    };
  },

  getSignaturesForAddress(node, [address, given]) {
    const key = params.pubkey(address);
    const options = params.options(given);
    const newest = params.contextSlot(node, options);
    const limit = options.limit === undefined || options.limit === null
      ? MAX_SIGNATURES
      : params.integer(options.limit, 'limit', { min: 1, max: MAX_SIGNATURES });
    const found = [];
    let started = !options.before;
    for (const entry of node.chain.journal.newestFirst()) {
      if (found.length === limit) break;
      if (entry.transaction === null || entry.slot > newest || !entry.transaction.mentions(key)) continue;
      const { signature } = entry.transaction;
      if (signature === options.until) break;
      if (started) found.push(signatureToJson(node, entry));
      else started = signature === options.before;
    }
    return found;
  },

  getTransactionCount(node, [given]) {
    params.contextSlot(node, params.options(given));
    return node.chain.statuses.size;
  },

  getBlock(node, [number, given]) {
    const slot = params.integer(number, 'slot');
    const options = params.options(given);
    const { chain } = node;
    if (slot > node.slotAt(params.commitment(options.commitment))) {
      throw new RpcError(RpcCode.BLOCK_NOT_AVAILABLE, `Block not available for slot ${slot}`);
    }
    if (slot < chain.slots.first) throw new RpcError(RpcCode.SLOT_SKIPPED, `Slot ${slot} was skipped, or missing due to ledger jump to recent snapshot`);
    const entries = [...chain.journal.newestFirst()].filter((entry) => entry.slot === slot && entry.transaction).reverse();
    return {
      blockHeight: chain.slots.heightOf(slot),
      blockTime: entries[0]?.unixSeconds ?? null,
      blockhash: chain.slots.hashOf(slot),
      parentSlot: slot - 1,
      previousBlockhash: chain.slots.hashOf(slot - 1),
      ...blockDetails(entries, options, chain),
    };
  },
};

function statusToJson(node, signature, oldest) {
  const status = node.status(signature);
  if (status === undefined) {
    params.signature(signature);
    return null;
  }
  if (status.slot < oldest) return null;
  const { slots } = node.chain;
  const confirmationStatus = slots.commitmentOf(status.slot, node.lagSlots);
  return {
    confirmationStatus,
    confirmations: confirmationStatus === 'finalized' ? null : node.slotAt('processed') - status.slot,
    err: status.error,
    slot: status.slot,
    status: status.error === null ? { Ok: null } : { Err: status.error },
  };
}

function visible(node, signature, commitment) {
  const level = params.commitment(commitment);
  if (level === 'processed') throw invalidParams('Method does not support commitment below `confirmed`');
  const status = node.status(signature);
  return status !== undefined && status.slot <= node.slotAt(level) ? status : undefined;
}

function signatureToJson(node, entry) {
  return {
    blockTime: entry.unixSeconds,
    confirmationStatus: node.chain.slots.commitmentOf(entry.slot, node.lagSlots),
    err: entry.error,
    memo: null,
    signature: entry.transaction.signature,
    slot: entry.slot,
  };
}

function blockDetails(entries, options, chain) {
  switch (options.transactionDetails ?? 'full') {
    case 'none':
      return {};
    case 'signatures':
      return { signatures: entries.map((entry) => entry.transaction.signature) };
    case 'full': {
      const format = transactionFormat(options);
      return {
        transactions: entries.map((entry) => ({
          meta: metaToJson(entry, chain),
          transaction: transactionToJson(entry.transaction, format),
          ...(options.maxSupportedTransactionVersion === undefined ? {} : { version: entry.transaction.version }),
        })),
      };
    }
    default:
      throw invalidParams(`Invalid params: transactionDetails ${shown(options.transactionDetails)} is not supported; use full, signatures or none`);
  }
}
