import { Transaction } from '../wire/transaction.mjs';

/**
 * @typedef {{ key: Buffer, signer?: boolean, writable?: boolean }} AccountMeta
 * @typedef {{ program: Buffer, accounts: AccountMeta[], data: Buffer }} Instruction
 */

/**
 * A signed legacy transaction. The first signer pays.
 * @param {import('./keypair.mjs').Keypair[]} signers
 * @param {Instruction[]} instructions
 * @param {Buffer} blockhash
 */
export function signedTransaction(signers, instructions, blockhash) {
  const metas = new Map();
  const add = (key, signer, writable) => {
    const name = key.toString('hex');
    const known = metas.get(name) ?? { key, signer: false, writable: false };
    metas.set(name, { key, signer: known.signer || signer, writable: known.writable || writable });
  };
  for (const signer of signers) add(signer.publicKey, true, true);
  for (const { accounts } of instructions) for (const each of accounts) add(each.key, !!each.signer, !!each.writable);
  for (const { program } of instructions) add(program, false, false);

  // The sort is stable, so the payer stays first.
  const ordered = [...metas.values()].sort((a, b) => rank(a) - rank(b));
  const indexes = new Map(ordered.map((meta, index) => [meta.key.toString('hex'), index]));
  const required = ordered.filter((meta) => meta.signer).length;
  const message = Buffer.concat([
    Buffer.from([
      required,
      ordered.filter((meta) => meta.signer && !meta.writable).length,
      ordered.filter((meta) => !meta.signer && !meta.writable).length,
    ]),
    compactU16(ordered.length),
    ...ordered.map((meta) => meta.key),
    blockhash,
    compactU16(instructions.length),
    ...instructions.flatMap(({ program, accounts, data }) => [
      Buffer.from([indexes.get(program.toString('hex'))]),
      compactU16(accounts.length),
      Buffer.from(accounts.map(({ key }) => indexes.get(key.toString('hex')))),
      compactU16(data.length),
      data,
    ]),
  ]);
  const signatures = ordered.slice(0, required).map(({ key }) => signers.find((each) => each.publicKey.equals(key)).sign(message));
  return new Transaction(Buffer.concat([compactU16(required), ...signatures, message]));
}

function rank({ signer, writable }) {
  return (signer ? 0 : 2) + (writable ? 0 : 1);
}

function compactU16(value) {
  const bytes = [];
  for (; value >= 0x80; value >>= 7) bytes.push((value & 0x7f) | 0x80);
  bytes.push(value);
  return Buffer.from(bytes);
}
