import { SYSTEM_PROGRAM } from './addresses.mjs';

const CREATE_ACCOUNT = 0;
const TRANSFER = 2;

/** @param {Buffer} from @param {Buffer} to @param {bigint} lamports */
export function transferSol(from, to, lamports) {
  const data = Buffer.alloc(12);
  data.writeUInt32LE(TRANSFER, 0);
  data.writeBigUInt64LE(lamports, 4);
  return { program: SYSTEM_PROGRAM, accounts: [{ key: from, signer: true, writable: true }, { key: to, writable: true }], data };
}

/**
 * @param {Buffer} payer
 * @param {Buffer} account which signs too
 * @param {{ lamports: bigint, space: number, owner: Buffer }} what
 */
export function createAccount(payer, account, { lamports, space, owner }) {
  const data = Buffer.alloc(52);
  data.writeUInt32LE(CREATE_ACCOUNT, 0);
  data.writeBigUInt64LE(lamports, 4);
  data.writeBigUInt64LE(BigInt(space), 12);
  owner.copy(data, 20);
  return {
    program: SYSTEM_PROGRAM,
    accounts: [{ key: payer, signer: true, writable: true }, { key: account, signer: true, writable: true }],
    data,
  };
}
