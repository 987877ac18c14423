// Token-2022's mint extensions: what each adds to the mint's size, and the instruction that must
// come before the mint is initialized. https://docs.rs/spl-token-2022-interface

const ACCOUNT_TYPE_AT = 165;
const TLV_HEAD_BYTES = 4;

const TRANSFER_FEE = 26;
const DEFAULT_ACCOUNT_STATE = 28;
const INITIALIZE_MINT_CLOSE_AUTHORITY = 25;
const NON_TRANSFERABLE = 32;
const PERMANENT_DELEGATE = 35;
const TRANSFER_HOOK = 36;
const PAUSABLE = 44;
const INITIALIZE = 0;
const FROZEN = 2;

const KINDS = {
  transferFee: {
    bytes: 108,
    data: ({ basisPoints, maxFee }, authority) => {
      const data = Buffer.alloc(2 + 2 * 33 + 10);
      data.set([TRANSFER_FEE, INITIALIZE, 1, ...authority, 1, ...authority]);
      data.writeUInt16LE(basisPoints, 68);
      data.writeBigUInt64LE(maxFee, 70);
      return data;
    },
  },
  frozenByDefault: { bytes: 1, data: () => Buffer.from([DEFAULT_ACCOUNT_STATE, INITIALIZE, FROZEN]) },
  nonTransferable: { bytes: 0, data: () => Buffer.from([NON_TRANSFERABLE]) },
  closeAuthority: { bytes: 32, data: (_, authority) => Buffer.from([INITIALIZE_MINT_CLOSE_AUTHORITY, 1, ...authority]) },
  permanentDelegate: { bytes: 32, data: (delegate) => Buffer.from([PERMANENT_DELEGATE, ...delegate]) },
  transferHook: { bytes: 64, data: (program, authority) => Buffer.from([TRANSFER_HOOK, INITIALIZE, ...authority, ...program]) },
  pausable: { bytes: 33, data: (_, authority) => Buffer.from([PAUSABLE, INITIALIZE, ...authority]) },
};

/**
 * @typedef {object} MintExtensions
 * @property {{ basisPoints: number, maxFee: bigint }} [transferFee]
 * @property {boolean} [frozenByDefault]
 * @property {boolean} [nonTransferable]
 * @property {boolean} [closeAuthority]
 * @property {Buffer} [permanentDelegate] the delegate
 * @property {Buffer} [transferHook] the program
 * @property {boolean} [pausable]
 */

/**
 * The size of a mint with these extensions.
 * @param {MintExtensions} extensions
 */
export function mintBytes(extensions) {
  const sizes = chosen(extensions).map(({ kind }) => TLV_HEAD_BYTES + kind.bytes);
  return ACCOUNT_TYPE_AT + 1 + sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * @param {Buffer} program @param {Buffer} mint @param {Buffer} authority over every extension
 * @param {MintExtensions} extensions
 */
export function initializeExtensions(program, mint, authority, extensions) {
  return chosen(extensions).map(({ kind, value }) => ({
    program, accounts: [{ key: mint, writable: true }], data: kind.data(value, authority),
  }));
}

/** @param {Buffer} program @param {{ mint: Buffer, authority: Buffer, paused: boolean }} what */
export function setPaused(program, { mint, authority, paused }) {
  return {
    program,
    accounts: [{ key: mint, writable: true }, { key: authority, signer: true }],
    data: Buffer.from([PAUSABLE, paused ? 1 : 2]),
  };
}

function chosen(extensions) {
  return Object.entries(extensions)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => ({ kind: KINDS[name], value }));
}
