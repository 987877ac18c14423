import { encode } from '../wire/base58.mjs';
import { Transaction } from '../wire/transaction.mjs';
import { readAccount, readJson, readSlot, readTransaction, RecordType } from './records.mjs';

/** The ledger was written by a program, or for a network, that does not fit this one. */
export class LedgerMismatchError extends Error {}

/** The version of the log's format. */
export const LEDGER_VERSION = 1;

/**
 * What a log says without anything being executed: every signature with its end, and what forks
 * dropped.
 */
export class LogSummary {
  /** @type {Map<string, import('../chain/statuses.mjs').Status>} */
  statuses = new Map();
  dropped = new Set();
  /** How the changes behind an offset reach back: the lowest sequence that a fork dropped later. */
  forks = [];
  genesis = null;
  slot = 0;
  unixSeconds = 0;
  sequence = 0;

  /** @param {import('./log.mjs').Log} log */
  constructor(log) {
    const signatures = new Map();
    for (const { record, end } of log.records()) this.#read(record, end, signatures);
  }

  /** @param {import('./snapshots.mjs').Mark} mark whether everything in the snapshot stayed on the ledger */
  keeps(mark) {
    return mark.sequence <= this.sequence && this.forks.every(({ end, earliest }) => end <= mark.end || earliest >= mark.sequence);
  }

  #read(record, end, signatures) {
    switch (record[0]) {
      case RecordType.GENESIS:
        this.genesis = readJson(record);
        break;
      case RecordType.SLOT:
        ({ slot: this.slot, unixSeconds: this.unixSeconds } = readSlot(record));
        break;
      case RecordType.TRANSACTION: {
        const { bytes, error } = readTransaction(record);
        // The count of signatures is one byte: nobody signs with 128 keys in 1,232 bytes.
        const signature = encode(bytes.subarray(1, 65));
        this.statuses.set(signature, { slot: this.slot, error, sequence: this.sequence });
        signatures.set(this.sequence++, signature);
        break;
      }
      case RecordType.ACCOUNT:
        this.sequence++;
        break;
      case RecordType.FORK:
        this.#readFork(readJson(record), end, signatures);
        break;
      default:
        throw new LedgerMismatchError(`the ledger has a record of unknown type ${record[0]}; it was written by a newer version`);
    }
  }

  #readFork({ dropped, changed }, end, signatures) {
    for (const sequence of dropped) {
      this.dropped.add(sequence);
      this.statuses.delete(signatures.get(sequence));
    }
    for (const [sequence, error] of changed) this.statuses.get(signatures.get(sequence)).error = error;
    this.forks.push({ end, earliest: Math.min(...dropped) });
  }
}

/**
 * Executes again what came after a snapshot.
 * @param {import('./log.mjs').Log} log
 * @param {LogSummary} summary
 * @param {import('./snapshots.mjs').Mark} mark from where on
 * @param {import('../chain/chain.mjs').Chain} chain
 * @returns {number} how many transactions
 */
export function replay(log, summary, mark, chain) {
  let { sequence, slot, unixSeconds } = mark;
  let count = 0;
  for (const { record, end } of log.records()) {
    if (end <= mark.end) continue;
    if (record[0] === RecordType.SLOT) ({ slot, unixSeconds } = readSlot(record));
    if (record[0] !== RecordType.TRANSACTION && record[0] !== RecordType.ACCOUNT) continue;
    const place = { sequence, slot, unixSeconds };
    if (!summary.dropped.has(sequence++)) {
      count++;
      if (record[0] === RecordType.ACCOUNT) {
        const { key, account } = readAccount(Buffer.from(record));
        chain.replayAccount(place, key, account);
      } else {
        const { bytes, survivesForks } = readTransaction(record);
        chain.replayTransaction({ ...place, survivesForks }, new Transaction(Buffer.from(bytes)));
      }
    }
  }
  return count;
}
