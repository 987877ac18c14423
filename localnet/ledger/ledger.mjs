import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { imageRecords } from './images.mjs';
import { lock } from './lock.mjs';
import { Log } from './log.mjs';
import { accountRecord, checkpointRecord, forkRecord, genesisRecord, slotRecord, transactionRecord } from './records.mjs';
import { LEDGER_VERSION, LedgerMismatchError, LogSummary, replay } from './restore.mjs';

/**
 * The chain on disk: every change is logged, and what has been seen confirmed, or a slot that has
 * been seen at all, is still there after the process is killed. From time to time a checkpoint says
 * what the accounts have come to, those that changed since the last one.
 */
export class Ledger {
  #release;
  #log;
  #summary;
  #chain;
  /** Accounts that changed since the last checkpoint, as latin1. */
  #changed = new Set();
  #checkpointSequence = 0;
  #tailMs = 0;

  /**
   * @param {string} directory created where missing
   * @param {number} checkpointMs how long executing again what is behind the last checkpoint may take
   */
  constructor(directory, checkpointMs) {
    this.checkpointMs = checkpointMs;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#release = lock(directory);
    this.#log = new Log(join(directory, 'log.bin'));
    this.#summary = new LogSummary(this.#log);
    const { genesis } = this.#summary;
    if (genesis !== null && genesis.version !== LEDGER_VERSION) {
      throw new LedgerMismatchError(`the ledger ${directory} has format ${genesis.version}, this program reads ${LEDGER_VERSION}; use another directory`);
    }
  }

  /** The seed of the network on disk, undefined where there is none yet. */
  get seed() {
    return this.#summary.genesis?.seed;
  }

  /**
   * Brings a new chain to where the log ends, and logs from there on.
   * @param {import('../chain/chain.mjs').Chain} chain
   */
  attach(chain) {
    this.#chain = chain;
    const isNew = this.#summary.genesis === null;
    if (isNew) this.#log.append(genesisRecord({ version: LEDGER_VERSION, seed: chain.slots.seed }));
    else this.#restore();
    this.#listen();
    chain.moveTo(isNew ? chain.slots.newest : chain.slots.newest + 1, chain.unixSeconds);
  }

  close() {
    if (this.#tailMs > this.checkpointMs / 10) this.#checkpoint();
    this.#log.close();
    this.#release();
  }

  #restore() {
    const summary = this.#summary;
    for (const entry of replay(this.#log, summary, this.#chain)) this.#note(entry);
    this.#checkpointSequence = summary.checkpointSequence;
    this.#chain.restored(summary);
    this.#summary = { genesis: summary.genesis };
  }

  #listen() {
    this.#chain.on('landed', (entry) => {
      this.#note(entry);
      this.#log.append(transactionRecord(entry));
      // An administrator's or the faucet's order is answered as done; other changes are only seen
      // confirmed after a slot has begun.
      if (entry.survivesForks || this.#chain.slots.confirmSlots === 0) this.#log.flush();
    });
    this.#chain.on('written', (entry) => {
      this.#note(entry);
      this.#log.append(accountRecord(entry));
      this.#log.flush();
    });
    this.#chain.on('forked', (fork) => this.#forked(fork));
    this.#chain.on('slot', (slot, unixSeconds) => {
      this.#log.append(slotRecord(slot, unixSeconds));
      this.#log.flush();
      if (this.#tailMs > this.checkpointMs) this.#checkpoint();
    });
  }

  #note({ keys, tookMs }) {
    for (const key of keys) this.#changed.add(latin1(key));
    this.#tailMs += tookMs;
  }

  #forked({ undone, dropped, changed }) {
    // The last checkpoint may hold what was dropped: then a new one comes into force with the fork.
    const isCheckpoint = undone.some(({ sequence }) => sequence < this.#checkpointSequence);
    if (isCheckpoint) {
      for (const { keys } of undone) for (const key of keys) this.#changed.add(latin1(key));
      this.#appendImages();
    }
    this.#log.append(forkRecord({
      dropped: dropped.map((entry) => entry.sequence), changed: changed.map((entry) => [entry.sequence, entry.error]), isCheckpoint,
    }));
    this.#log.flush();
  }

  #checkpoint() {
    this.#appendImages();
    this.#log.append(checkpointRecord());
    this.#log.flush();
  }

  #appendImages() {
    for (const record of imageRecords(this.#changed, this.#chain.machine)) this.#log.append(record);
    this.#changed.clear();
    this.#checkpointSequence = this.#chain.sequence;
    this.#tailMs = 0;
  }
}

function latin1(key) {
  return Buffer.from(key.buffer, key.byteOffset, key.length).latin1Slice();
}
