import { ASSOCIATED_TOKEN_PROGRAM, SYSTEM_PROGRAM } from './addresses.mjs';

// Instruction numbers: https://docs.rs/spl-token-interface and spl-token-2022-interface.
const MINT_TO = 7;
const FREEZE_ACCOUNT = 10;
const THAW_ACCOUNT = 11;
const INITIALIZE_MINT_2 = 20;
const CREATE_IDEMPOTENT = 1;

/**
 * @param {Buffer} program
 * @param {Buffer} mint
 * @param {{ decimals: number, mintAuthority: Buffer, freezeAuthority: Buffer | null }} what
 */
export function initializeMint(program, mint, { decimals, mintAuthority, freezeAuthority }) {
  const data = Buffer.concat([
    Buffer.from([INITIALIZE_MINT_2, decimals]), mintAuthority,
    freezeAuthority ? Buffer.concat([Buffer.from([1]), freezeAuthority]) : Buffer.from([0]),
  ]);
  return { program, accounts: [{ key: mint, writable: true }], data };
}

/** @param {Buffer} program @param {{ mint: Buffer, account: Buffer, authority: Buffer, amount: bigint }} what */
export function mintTo(program, { mint, account, authority, amount }) {
  const data = Buffer.alloc(9);
  data[0] = MINT_TO;
  data.writeBigUInt64LE(amount, 1);
  return {
    program,
    accounts: [{ key: mint, writable: true }, { key: account, writable: true }, { key: authority, signer: true }],
    data,
  };
}

/** @param {Buffer} program @param {{ mint: Buffer, account: Buffer, authority: Buffer, frozen: boolean }} what */
export function setFrozen(program, { mint, account, authority, frozen }) {
  return {
    program,
    accounts: [{ key: account, writable: true }, { key: mint }, { key: authority, signer: true }],
    data: Buffer.from([frozen ? FREEZE_ACCOUNT : THAW_ACCOUNT]),
  };
}

/** @param {Buffer} program @param {{ payer: Buffer, account: Buffer, owner: Buffer, mint: Buffer }} what */
export function createAssociatedAccount(program, { payer, account, owner, mint }) {
  return {
    program: ASSOCIATED_TOKEN_PROGRAM,
    accounts: [
      { key: payer, signer: true, writable: true }, { key: account, writable: true }, { key: owner }, { key: mint },
      { key: SYSTEM_PROGRAM }, { key: program },
    ],
    data: Buffer.from([CREATE_IDEMPOTENT]),
  };
}
