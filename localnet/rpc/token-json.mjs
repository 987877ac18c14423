import { TOKEN_2022_PROGRAM } from '../programs/addresses.mjs';
import { isTokenProgram, kindOf, readMint, readTokenAccount } from '../programs/token-layout.mjs';
import { decode, encode } from '../wire/base58.mjs';
import { extensionsToJson } from './token-extension-json.mjs';

const TOKEN_2022 = encode(TOKEN_2022_PROGRAM);

/**
 * The `jsonParsed` form of a mint or token account, null for any other account.
 * @param {Uint8Array} data
 * @param {string} owner the program in base58
 * @param {import('../chain/virtual-machine.mjs').VirtualMachine} machine
 */
export function parseTokenAccountOrMint(data, owner, machine) {
  if (!isTokenProgram(decode(owner))) return null;
  const kind = kindOf(data);
  if (kind === null) return null;
  const info = kind === 'mint' ? mintToJson(readMint(data)) : tokenAccountToJson(readTokenAccount(data), machine);
  if (info === null) return null;
  return { parsed: { info, type: kind }, program: owner === TOKEN_2022 ? 'spl-token-2022' : 'spl-token', space: data.length };
}

/** @param {bigint} amount @param {number} decimals */
export function amountToJson(amount, decimals) {
  const digits = amount.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  const uiAmountString = fraction === '' ? whole : `${whole}.${fraction}`;
  return { amount: amount.toString(), decimals, uiAmount: Number(uiAmountString), uiAmountString };
}

/**
 * @param {Uint8Array} mint
 * @param {import('../chain/virtual-machine.mjs').VirtualMachine} machine
 * @returns {number | null} null where there is no such mint
 */
export function decimalsOf(mint, machine) {
  const account = machine.account(mint);
  if (!account || !isTokenProgram(account.owner())) return null;
  const data = account.data();
  return kindOf(data) === 'mint' ? readMint(data).decimals : null;
}

function mintToJson(mint) {
  return {
    decimals: mint.decimals,
    ...(mint.extensions.length > 0 ? { extensions: extensionsToJson(mint.extensions) } : {}),
    freezeAuthority: mint.freezeAuthority && encode(mint.freezeAuthority),
    isInitialized: mint.isInitialized,
    mintAuthority: mint.mintAuthority && encode(mint.mintAuthority),
    supply: mint.supply.toString(),
  };
}

function tokenAccountToJson(account, machine) {
  const decimals = decimalsOf(account.mint, machine);
  if (decimals === null) return null;
  return {
    ...(account.closeAuthority ? { closeAuthority: encode(account.closeAuthority) } : {}),
    ...(account.delegate
      ? { delegate: encode(account.delegate), delegatedAmount: amountToJson(account.delegatedAmount, decimals) }
      : {}),
    ...(account.extensions.length > 0 ? { extensions: extensionsToJson(account.extensions) } : {}),
    isNative: account.nativeReserve !== null,
    mint: encode(account.mint),
    owner: encode(account.owner),
    ...(account.nativeReserve !== null ? { rentExemptReserve: amountToJson(account.nativeReserve, decimals) } : {}),
    state: account.state,
    tokenAmount: amountToJson(account.amount, decimals),
  };
}
