import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from './crc32.mjs';

const NAME = /^snapshot-(\d+)\.bin$/;
// Should a fork reach behind the newest, the one before still stands.
const KEPT = 2;

/**
 * The accounts at some point of the log, so that not all of it has to be executed again.
 * @typedef {{ end: number, sequence: number, slot: number, unixSeconds: number }} Mark
 */
export class Snapshots {
  /** @param {string} directory */
  constructor(directory) {
    this.directory = directory;
  }

  /**
   * @param {Mark} mark
   * @param {Uint8Array} accounts
   */
  save(mark, accounts) {
    const path = this.#path(mark.end);
    const head = Buffer.from(`${JSON.stringify({ ...mark, checksum: crc32(accounts) })}\n`);
    writeFileSync(`${path}.new`, Buffer.concat([head, accounts]), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    for (const old of this.#ends().slice(KEPT)) rmSync(this.#path(old), { force: true });
  }

  /**
   * @param {(mark: Mark) => boolean} isUsable
   * @returns {{ mark: Mark, accounts: Uint8Array } | null} the newest usable one
   */
  load(isUsable) {
    for (const end of this.#ends()) {
      const bytes = readFileSync(this.#path(end));
      const split = bytes.indexOf(0x0a);
      const { checksum, ...mark } = JSON.parse(bytes.toString('utf8', 0, split));
      const accounts = bytes.subarray(split + 1);
      if (isUsable(mark) && crc32(accounts) === checksum) return { mark, accounts };
      rmSync(this.#path(end));
    }
    return null;
  }

  #path(end) {
    return join(this.directory, `snapshot-${end}.bin`);
  }

  /** Newest first. */
  #ends() {
    return readdirSync(this.directory)
      .map((name) => NAME.exec(name))
      .filter((match) => match !== null)
      .map((match) => Number(match[1]))
      .sort((a, b) => b - a);
  }
}
