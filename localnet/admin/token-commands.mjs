import { explain } from '../chain/transaction-errors.mjs';
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../programs/addresses.mjs';
import { associatedTokenAddress } from '../programs/derived-address.mjs';
import { Keypair } from '../programs/keypair.mjs';
import { createAccount } from '../programs/system.mjs';
import { isTokenProgram, MINT_BYTES } from '../programs/token-layout.mjs';
import { initializeExtensions, mintBytes, setPaused } from '../programs/token-extensions.mjs';
import { createAssociatedAccount, initializeMint, mintTo, setFrozen } from '../programs/token.mjs';
import { encode } from '../wire/base58.mjs';
import * as params from './admin-params.mjs';
import { AdminError } from './admin-params.mjs';
import { shown } from '../wire/shown.mjs';

const PROGRAMS = { 'spl-token': TOKEN_PROGRAM, 'spl-token-2022': TOKEN_2022_PROGRAM };
const EXTENSIONS = ['transferFeeBasisPoints', 'maxFee', 'frozenByDefault', 'nonTransferable', 'closeAuthority', 'permanentDelegate', 'transferHook', 'pausable'];

/**
 * Mints and what their authority may do. The faucet is the authority of all that is minted here.
 * @param {import('../rpc/services.mjs').Services} services
 * @returns {Record<string, (body: Record<string, unknown>) => unknown>}
 */
export function tokenCommands({ faucet, chain }) {
  const authority = faucet.publicKey;

  function mint(body) {
    params.onlyKnown(body, ['program', 'decimals', 'supply', 'owner', 'freezable', ...EXTENSIONS]);
    const programName = body.program ?? 'spl-token';
    const program = PROGRAMS[programName];
    if (!program) throw new AdminError(400, `program must be one of ${Object.keys(PROGRAMS).join(', ')}, not ${shown(programName)}`);
    const extensions = readExtensions(body, program);
    const hasExtensions = Object.values(extensions).some((value) => value !== undefined && value !== false);
    const mintKey = Keypair.derive(`mint ${chain.slots.seed} ${chain.sequence}`);
    const space = hasExtensions ? mintBytes(extensions) : MINT_BYTES;
    const lamports = chain.machine.rentExemption(space);
    const owner = params.optionalKey(body, 'owner');
    const supply = params.u64(body, 'supply', 0n);
    if (supply > 0n && owner === undefined) throw new AdminError(400, 'owner must be given: who receives the supply?');
    const decimals = params.integer(body, 'decimals', 0, 255, 6);
    const freezeAuthority = params.boolean(body, 'freezable') || extensions.frozenByDefault ? authority : null;
    const signature = order([
      createAccount(authority, mintKey.publicKey, { lamports, space, owner: program }),
      ...initializeExtensions(program, mintKey.publicKey, authority, extensions),
      initializeMint(program, mintKey.publicKey, { decimals, mintAuthority: authority, freezeAuthority }),
    ], [mintKey]);
    const account = owner && give(program, mintKey.publicKey, owner, supply, extensions.frozenByDefault);
    return {
      mint: encode(mintKey.publicKey), program: encode(program), decimals, supply: supply.toString(), authority: encode(authority),
      account: account ? encode(account) : null, signature,
    };
  }

  function give(program, mintKey, owner, amount, frozen) {
    const account = associatedTokenAddress(owner, program, mintKey);
    order([
      createAssociatedAccount(program, { payer: authority, account, owner, mint: mintKey }),
      ...(frozen ? [setFrozen(program, { mint: mintKey, account, authority, frozen: false })] : []),
      ...(amount > 0n ? [mintTo(program, { mint: mintKey, account, authority, amount })] : []),
    ]);
    return account;
  }

  function order(instructions, signers) {
    const { signature, error, logs } = faucet.order(instructions, signers);
    if (error !== null) throw new AdminError(422, `${explain(error)}\n${logs.join('\n')}`);
    return signature;
  }

  function programOf(mintKey) {
    const program = chain.machine.account(mintKey)?.owner();
    if (!program || !isTokenProgram(program)) throw new AdminError(404, `there is no mint ${encode(mintKey)}`);
    return Buffer.from(program);
  }

  function accountOf(body, mintKey, program) {
    return params.optionalKey(body, 'account') ?? associatedTokenAddress(params.key(body, 'owner'), program, mintKey);
  }

  const freeze = (frozen) => (body) => {
    const mintKey = params.key(body, 'mint');
    const program = programOf(mintKey);
    const account = accountOf(body, mintKey, program);
    return { account: encode(account), signature: order([setFrozen(program, { mint: mintKey, account, authority, frozen })]) };
  };

  const pause = (paused) => (body) => {
    const mintKey = params.key(body, 'mint');
    return { signature: order([setPaused(programOf(mintKey), { mint: mintKey, authority, paused })]) };
  };

  return {
    mint,
    'mint-to': (body) => {
      const mintKey = params.key(body, 'mint');
      return { account: encode(give(programOf(mintKey), mintKey, params.key(body, 'owner'), params.u64(body, 'amount'), false)) };
    },
    freeze: freeze(true),
    thaw: freeze(false),
    pause: pause(true),
    unpause: pause(false),
  };
}

function readExtensions(body, program) {
  const hasFee = body.transferFeeBasisPoints !== undefined;
  const extensions = {
    transferFee: hasFee
      ? { basisPoints: params.integer(body, 'transferFeeBasisPoints', 0, 10_000), maxFee: params.u64(body, 'maxFee', 2n ** 64n - 1n) }
      : undefined,
    frozenByDefault: params.boolean(body, 'frozenByDefault'),
    nonTransferable: params.boolean(body, 'nonTransferable'),
    closeAuthority: params.boolean(body, 'closeAuthority'),
    permanentDelegate: params.optionalKey(body, 'permanentDelegate'),
    transferHook: params.optionalKey(body, 'transferHook'),
    pausable: params.boolean(body, 'pausable'),
  };
  const asked = EXTENSIONS.find((name) => body[name] !== undefined && body[name] !== false);
  if (asked !== undefined && program === TOKEN_PROGRAM) {
    throw new AdminError(400, `${asked} needs "program": "spl-token-2022"`);
  }
  return extensions;
}
