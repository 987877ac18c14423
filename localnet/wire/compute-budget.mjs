import { COMPUTE_BUDGET_PROGRAM } from '../programs/addresses.mjs';

const SET_UNIT_LIMIT = 2;
const SET_UNIT_PRICE = 3;
const UNITS_AN_INSTRUCTION = 200_000;
const MAX_UNITS = 1_400_000;

/**
 * What a transaction asks for through the Compute Budget program.
 * @param {import('./transaction.mjs').Transaction} transaction
 * @returns {{ unitLimit: number, microLamportsPerUnit: bigint }}
 */
export function computeBudget(transaction) {
  let unitLimit = null;
  let microLamportsPerUnit = 0n;
  let others = 0;
  for (const { program, dataAt, dataLength } of transaction.instructions) {
    if (!transaction.isKey(program, COMPUTE_BUDGET_PROGRAM)) {
      others++;
      continue;
    }
    const kind = dataLength > 0 ? transaction.bytes[dataAt] : -1;
    if (kind === SET_UNIT_LIMIT && dataLength >= 5) unitLimit = transaction.bytes.readUInt32LE(dataAt + 1);
    if (kind === SET_UNIT_PRICE && dataLength >= 9) microLamportsPerUnit = transaction.bytes.readBigUInt64LE(dataAt + 1);
  }
  return { unitLimit: Math.min(unitLimit ?? others * UNITS_AN_INSTRUCTION, MAX_UNITS), microLamportsPerUnit };
}
