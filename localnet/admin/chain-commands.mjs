import { SYSTEM_PROGRAM } from '../programs/addresses.mjs';
import * as params from './admin-params.mjs';
import { AdminError } from './admin-params.mjs';
import { shown } from '../wire/shown.mjs';

const MAX_WARP_SLOTS = 1_000_000;

/**
 * What an administrator may do to the chain itself.
 * @param {import('../rpc/services.mjs').Services} services
 * @returns {Record<string, (body: Record<string, unknown>) => unknown>}
 */
export function chainCommands({ chain, forks }) {
  return {
    'set-account': (body) => {
      params.onlyKnown(body, ['address', 'lamports', 'owner', 'executable', 'data']);
      if (body.data !== undefined && typeof body.data !== 'string') throw new AdminError(400, 'data must be base64');
      setAccount(chain, params.key(body, 'address'), {
        lamports: params.u64(body, 'lamports'),
        owner: params.optionalKey(body, 'owner') ?? SYSTEM_PROGRAM,
        executable: params.boolean(body, 'executable'),
        data: Buffer.from(body.data ?? '', 'base64'),
      });
      return { address: body.address };
    },

    /** Lets slots pass at once: everything due in them happens. */
    time: (body) => {
      params.onlyKnown(body, ['slots']);
      for (let left = params.integer(body, 'slots', 1, MAX_WARP_SLOTS); left > 0; left--) chain.tick();
      return { slot: chain.slots.newest, blockHeight: chain.slots.heightOf(chain.slots.newest) };
    },

    /** Abandons transactions as a fork would, whether or not they were confirmed. */
    fork: (body) => {
      params.onlyKnown(body, ['signatures']);
      if (!Array.isArray(body.signatures) || body.signatures.length === 0) {
        throw new AdminError(400, 'signatures must be a list with at least one signature');
      }
      const sequences = new Set(body.signatures.map((signature) => droppable(chain, signature)));
      return { dropped: forks.drop(sequences).map((entry) => entry.transaction.signature) };
    },
  };
}

function setAccount(chain, key, account) {
  try {
    chain.setAccount(key, account);
  } catch (error) {
    // The machine refuses programs and sysvars that it could not use.
    throw new AdminError(422, error.message);
  }
}

function droppable(chain, signature) {
  const status = chain.statuses.get(signature);
  if (status === undefined) throw new AdminError(404, `the signature ${shown(signature)} has not landed`);
  if (status.slot <= chain.slots.at('finalized')) throw new AdminError(409, `${signature} is finalized; no fork can drop it`);
  if (chain.journal.find(status.sequence) === undefined) throw new AdminError(409, `${signature} landed before a restart; it cannot be undone`);
  return status.sequence;
}
