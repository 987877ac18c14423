import { encode } from '../wire/base58.mjs';
import { Transaction } from '../wire/transaction.mjs';
import { applyImages, isFirst } from './images.mjs';
import { readAccount, readJson, readSlot, readTransaction, RecordType } from './records.mjs';

/** The ledger was written by a program, or for a network, that does not fit this one. */
export class LedgerMismatchError extends Error {}

/** The version of the log's format. */
export const LEDGER_VERSION = 1;

/** What a log says without anything being executed: every signature with its end, and what forks dropped. */
export class LogSummary {
  /** @type {Map<string, import('../chain/statuses.mjs').Status>} */
  statuses = new Map();
  dropped = new Set();
  genesis = null;
  slot = 0;
  unixSeconds = 0;
  sequence = 0;
  /** The offset up to which images say what the accounts were. */
  checkpointEnd = 0;
  checkpointSequence = 0;

  /** @param {import('./log.mjs').Log} log */
  constructor(log) {
    const signatures = new Map();
    for (const { record, end } of log.records()) this.#read(record, end, signatures);
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
      case RecordType.IMAGES:
        break;
      case RecordType.CHECKPOINT:
        this.#checkpoint(end);
        break;
      default:
        throw new LedgerMismatchError(`the ledger has a record of unknown type ${record[0]}; it was written by a newer version`);
    }
  }

  #readFork({ dropped, changed, isCheckpoint }, end, signatures) {
    for (const sequence of dropped) {
      this.dropped.add(sequence);
      this.statuses.delete(signatures.get(sequence));
    }
    for (const [sequence, error] of changed) this.statuses.get(signatures.get(sequence)).error = error;
    if (isCheckpoint) this.#checkpoint(end);
  }

  #checkpoint(end) {
    this.checkpointEnd = end;
    this.checkpointSequence = this.sequence;
  }
}

/**
 * Brings the accounts to where the log ends: up to the last checkpoint by images, from there on by
 * executing again what has landed and was not dropped.
 * @param {import('./log.mjs').Log} log
 * @param {LogSummary} summary
 * @param {import('../chain/chain.mjs').Chain} chain
 * @returns {import('../chain/journal.mjs').Entry[]} what was executed
 */
export function replay(log, { checkpointEnd, dropped }, chain) {
  const place = { sequence: 0, slot: 0, unixSeconds: 0 };
  const entries = [];
  let images = [];
  for (const { record, end } of log.records()) {
    const type = record[0];
    if (type === RecordType.SLOT) Object.assign(place, readSlot(record));
    if (type === RecordType.IMAGES && end < checkpointEnd) {
      if (isFirst(record)) images = [];
      images.push(record);
    }
    if (type === RecordType.CHECKPOINT || (type === RecordType.FORK && readJson(record).isCheckpoint)) {
      for (const each of images) applyImages(each, chain);
      images = [];
    }
    if (type === RecordType.TRANSACTION || type === RecordType.ACCOUNT) {
      if (end > checkpointEnd && !dropped.has(place.sequence)) entries.push(execute(record, { ...place }, chain));
      place.sequence++;
    }
  }
  return entries;
}

function execute(record, place, chain) {
  // A copy, because the record is a part of a large chunk that would be kept alive with it.
  const own = Buffer.from(record);
  if (own[0] === RecordType.ACCOUNT) {
    const { key, account } = readAccount(own);
    return chain.replayAccount(place, key, account);
  }
  const { bytes, survivesForks } = readTransaction(own);
  return chain.replayTransaction({ ...place, survivesForks }, new Transaction(bytes));
}
