import { computeBudget } from './compute-budget.mjs';

const LAMPORTS_A_SIGNATURE = 5000n;
const MICRO = 1_000_000n;

/**
 * What a transaction costs: every signature, and the priority fee on the units asked for, rounded up.
 * @param {import('./transaction.mjs').Transaction} transaction
 * @returns {bigint} lamports
 */
export function feeOf(transaction) {
  const { unitLimit, microLamportsPerUnit } = computeBudget(transaction);
  const priority = (BigInt(unitLimit) * microLamportsPerUnit + MICRO - 1n) / MICRO;
  return BigInt(transaction.requiredSignatures) * LAMPORTS_A_SIGNATURE + priority;
}
