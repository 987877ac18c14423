import { encode } from '../wire/base58.mjs';
import { associatedTokenAddress } from '../programs/derived-address.mjs';
import { isTokenProgram, readTokenAccount } from '../programs/token-layout.mjs';
import * as params from './admin-params.mjs';
import { AdminError } from './admin-params.mjs';
import { stringify } from '../wire/json.mjs';

/**
 * What a test wants to know of the whole ledger, a line of JSON each.
 * @param {import('../rpc/services.mjs').Services} services
 * @returns {Record<string, (query: Record<string, string>) => Iterable<string>>}
 */
export function ledgerQueries({ chain }) {
  return {
    /** Every signature that has landed and was not dropped. */
    * ledger() {
      for (const [signature, { slot, error }] of chain.statuses.entries()) {
        yield stringify({ signature, slot, err: error, confirmationStatus: chain.slots.commitmentOf(slot) });
      }
    },

    /** All token accounts of a mint. */
    * 'token-balances'(query) {
      const mint = params.key(query, 'mint');
      const program = chain.machine.account(mint)?.owner();
      if (!program || !isTokenProgram(program)) throw new AdminError(404, `there is no mint ${query.mint}`);
      for (const { address, account } of chain.tokenAccounts.all()) {
        const data = account.data();
        if (!mint.equals(data.subarray(0, 32))) continue;
        const { owner, amount, state } = readTokenAccount(data);
        yield stringify({ owner: encode(owner), account: encode(address), amount: amount.toString(), state });
      }
    },
  };
}

/**
 * The balances of a list of owners: of a mint in their associated accounts, or in lamports.
 * @param {import('../rpc/services.mjs').Services} services
 * @param {Record<string, unknown>} body
 */
export function balancesOf({ chain }, body) {
  params.onlyKnown(body, ['mint', 'owners']);
  if (!Array.isArray(body.owners)) throw new AdminError(400, 'owners must be a list of addresses');
  const owners = body.owners.map((owner) => params.key({ owner }, 'owner'));
  const mint = params.optionalKey(body, 'mint');
  if (mint === undefined) return { balances: owners.map((owner) => chain.machine.lamports(owner).toString()) };
  const program = chain.machine.account(mint)?.owner();
  if (!program || !isTokenProgram(program)) throw new AdminError(404, `there is no mint ${body.mint}`);
  return {
    balances: owners.map((owner) => {
      const account = chain.machine.account(associatedTokenAddress(owner, Buffer.from(program), mint));
      return account ? readTokenAccount(account.data()).amount.toString() : null;
    }),
  };
}
