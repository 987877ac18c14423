import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from './addresses.mjs';

// https://docs.rs/spl-token-interface and spl-token-2022-interface: a Token-2022 account is the
// old layout, filled up to 165 bytes, then one byte that says what it is, then extensions.
export const MINT_BYTES = 82;
export const TOKEN_ACCOUNT_BYTES = 165;
const ACCOUNT_TYPE_AT = 165;
const ACCOUNT_TYPE_MINT = 1;
const ACCOUNT_TYPE_ACCOUNT = 2;
const STATES = ['uninitialized', 'initialized', 'frozen'];

/** @param {Uint8Array} owner */
export function isTokenProgram(owner) {
  return TOKEN_PROGRAM.equals(owner) || TOKEN_2022_PROGRAM.equals(owner);
}

/**
 * @param {Uint8Array} bytes of an account that a token program owns
 * @returns {'mint' | 'account' | null}
 */
export function kindOf(bytes) {
  if (bytes.length === MINT_BYTES) return 'mint';
  if (bytes.length === TOKEN_ACCOUNT_BYTES) return 'account';
  if (bytes.length <= ACCOUNT_TYPE_AT) return null;
  if (bytes[ACCOUNT_TYPE_AT] === ACCOUNT_TYPE_MINT) return 'mint';
  return bytes[ACCOUNT_TYPE_AT] === ACCOUNT_TYPE_ACCOUNT ? 'account' : null;
}

/** @param {Uint8Array} bytes */
export function readMint(bytes) {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    mintAuthority: optionalKey(view, 0),
    supply: view.readBigUInt64LE(36),
    decimals: view[44],
    isInitialized: view[45] === 1,
    freezeAuthority: optionalKey(view, 46),
    extensions: readExtensions(view),
  };
}

/** @param {Uint8Array} bytes */
export function readTokenAccount(bytes) {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    mint: view.subarray(0, 32),
    owner: view.subarray(32, 64),
    amount: view.readBigUInt64LE(64),
    delegate: optionalKey(view, 72),
    state: STATES[view[108]] ?? 'uninitialized',
    nativeReserve: view.readUInt32LE(109) === 1 ? view.readBigUInt64LE(113) : null,
    delegatedAmount: view.readBigUInt64LE(121),
    closeAuthority: optionalKey(view, 129),
    extensions: readExtensions(view),
  };
}

function optionalKey(view, at) {
  return view.readUInt32LE(at) === 1 ? view.subarray(at + 4, at + 36) : null;
}

function readExtensions(view) {
  const extensions = [];
  for (let at = ACCOUNT_TYPE_AT + 1; at + 4 <= view.length; ) {
    const type = view.readUInt16LE(at);
    const length = view.readUInt16LE(at + 2);
    if (type === 0 || at + 4 + length > view.length) break;
    extensions.push({ type, data: view.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return extensions;
}
