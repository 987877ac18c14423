import { encode } from '../wire/base58.mjs';
import { API_VERSION, withContext } from './context.mjs';
import { decodeExactly } from '../wire/base58.mjs';
import * as params from './params.mjs';
import { invalidParams } from './rpc-error.mjs';
import { shown } from '../wire/shown.mjs';

const SLOTS_PER_EPOCH = 432_000;
const MAX_BLOCK_RANGE = 500_000;

/**
 * What is asked of the cluster as a whole: slots, heights, blockhashes, identity.
 * @type {Record<string, (node: import('./context.mjs').Node, params: any[]) => unknown>}
 */
export const clusterMethods = {
  getHealth: () => 'ok',
  getVersion: () => ({ 'feature-set': 3_640_012_085, 'solana-core': API_VERSION }),
  getGenesisHash: (node) => node.chain.slots.genesisHash,
  getIdentity: (node) => ({ identity: encode(node.services.faucet.publicKey) }),

  getSlot: (node, [given]) => params.contextSlot(node, params.options(given)),

  getBlockHeight: (node, [given]) => node.chain.slots.heightOf(params.contextSlot(node, params.options(given))),

  getEpochInfo(node, [given]) {
    const absoluteSlot = params.contextSlot(node, params.options(given));
    return {
      absoluteSlot,
      blockHeight: node.chain.slots.heightOf(absoluteSlot),
      epoch: Math.floor(absoluteSlot / SLOTS_PER_EPOCH),
      slotIndex: absoluteSlot % SLOTS_PER_EPOCH,
      slotsInEpoch: SLOTS_PER_EPOCH,
      transactionCount: node.chain.statuses.size,
    };
  },

  getLatestBlockhash(node, [given]) {
    const { slots } = node.chain;
    const slot = params.contextSlot(node, params.options(given));
    const blockhash = slots.hashOf(slot);
    return withContext(slot, { blockhash, lastValidBlockHeight: slots.lastValidHeightAt(slot) });
  },

  isBlockhashValid(node, [text, given]) {
    const hash = decodeExactly(text, 32);
    if (hash === null) throw invalidParams(`Invalid param: ${shown(text)} is not a blockhash`);
    const slot = params.contextSlot(node, params.options(given));
    return withContext(slot, node.chain.slots.accepts(hash.latin1Slice(), slot));
  },

  getFirstAvailableBlock: (node) => node.chain.slots.first,
  minimumLedgerSlot: (node) => node.chain.slots.first,

  getBlocks(node, [start, end, given]) {
    const slot = node.slotAt(params.commitment(params.options(typeof end === 'object' ? end : given).commitment));
    const first = params.integer(start, 'start slot');
    const last = typeof end === 'number' ? params.integer(end, 'end slot') : slot;
    if (last - first > MAX_BLOCK_RANGE) throw invalidParams(`Slot range too large; max ${MAX_BLOCK_RANGE}`);
    return range(Math.max(first, node.chain.slots.first), Math.min(last, slot));
  },

  getBlocksWithLimit(node, [start, limit, given]) {
    const slot = node.slotAt(params.commitment(params.options(given).commitment));
    const first = Math.max(params.integer(start, 'start slot'), node.chain.slots.first);
    const count = params.integer(limit, 'limit', { max: MAX_BLOCK_RANGE });
    return range(first, Math.min(first + count - 1, slot));
  },

  getRecentPrioritizationFees(node, [keys]) {
    const wanted = keys ?? [];
    if (!Array.isArray(wanted) || wanted.length > 128) throw invalidParams('Too many inputs provided; max 128');
    return node.services.fees.recent(wanted.map((key) => params.pubkey(key)));
  },
};

function range(first, last) {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
