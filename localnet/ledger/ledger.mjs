import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lock } from './lock.mjs';
import { Log } from './log.mjs';
import { accountRecord, forkRecord, genesisRecord, slotRecord, transactionRecord } from './records.mjs';
import { LEDGER_VERSION, LedgerMismatchError, LogSummary, replay } from './restore.mjs';
import { Snapshots } from './snapshots.mjs';

// A snapshot is due when executing the tail again would take this many times as long as taking one.
const REPLAY_TO_SNAPSHOT = 10;
const MIN_TAIL_TRANSACTIONS = 2000;
const START = { end: 0, sequence: 0, slot: 0, unixSeconds: 0 };

/**
 * The chain on disk: every change is logged, and what has been seen confirmed, or a slot that has
 * been seen at all, is still there after the process is killed.
 */
export class Ledger {
  #release;
  #log;
  #snapshots;
  #summary;
  #tailTransactions = 0;
  #tailMs = 0;
  #snapshotMs = 0;

  /** @param {string} directory created where missing */
  constructor(directory) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#release = lock(directory);
    this.#log = new Log(join(directory, 'log.bin'));
    this.#snapshots = new Snapshots(directory);
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

  /** The accounts from which {@link restore} goes on, undefined for none. */
  openSnapshot() {
    this.snapshot = this.#snapshots.load((mark) => mark.end <= this.#log.end && this.#summary.keeps(mark));
    return this.snapshot?.accounts;
  }

  /**
   * Brings a new chain to where the log ends, and logs from there on.
   * @param {import('../chain/chain.mjs').Chain} chain
   */
  attach(chain) {
    const isNew = this.#summary.genesis === null;
    if (isNew) this.#log.append(genesisRecord({ version: LEDGER_VERSION, seed: chain.slots.seed }));
    else this.#restore(chain);
    this.#listen(chain);
    chain.moveTo(isNew ? chain.slots.newest : chain.slots.newest + 1, chain.unixSeconds);
  }

  close() {
    this.#log.close();
    this.#release();
  }

  #restore(chain) {
    const { statuses, slot, unixSeconds, sequence } = this.#summary;
    const mark = this.snapshot?.mark ?? START;
    const started = performance.now();
    this.#tailTransactions = replay(this.#log, this.#summary, mark, chain);
    this.#tailMs = performance.now() - started;
    chain.restored({ statuses, slot, unixSeconds, sequence });
    this.snapshot = undefined;
    this.#summary = { genesis: this.#summary.genesis };
  }

  #listen(chain) {
    chain.on('landed', (entry) => {
      this.#log.append(transactionRecord(entry));
      this.#tailTransactions++;
      this.#tailMs += entry.tookMs;
      // An administrator's or the faucet's order is answered as done; other changes are only seen
      // confirmed after a slot has begun.
      if (entry.survivesForks || chain.slots.confirmSlots === 0) this.#log.flush();
    });
    chain.on('written', (entry) => {
      this.#log.append(accountRecord(entry));
      this.#log.flush();
    });
    chain.on('forked', ({ dropped, changed }) => {
      this.#log.append(forkRecord(dropped.map((entry) => entry.sequence), changed.map((entry) => [entry.sequence, entry.error])));
      this.#log.flush();
    });
    chain.on('slot', (slot, unixSeconds) => {
      this.#log.append(slotRecord(slot, unixSeconds));
      this.#log.flush();
      const isDue = this.#tailTransactions >= MIN_TAIL_TRANSACTIONS && this.#tailMs > REPLAY_TO_SNAPSHOT * this.#snapshotMs;
      if (isDue) this.#takeSnapshot(chain);
    });
  }

  #takeSnapshot(chain) {
    const started = performance.now();
    const mark = { end: this.#log.end, sequence: chain.sequence, slot: chain.slots.newest, unixSeconds: chain.unixSeconds };
    this.#snapshots.save(mark, chain.machine.toBytes());
    this.#snapshotMs = performance.now() - started;
    this.#tailTransactions = 0;
    this.#tailMs = 0;
  }
}
