import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from './crc32.mjs';

const HEAD_BYTES = 8; // length, checksum
const BUFFER_BYTES = 1024 * 1024;
const CHUNK_BYTES = 4 * 1024 * 1024;
const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/**
 * An append-only file of records, each with length and checksum. What was flushed survives the
 * death of the process; a record torn by it is cut off at the next start.
 */
export class Log {
  #buffer = Buffer.alloc(BUFFER_BYTES);
  #used = 0;
  #file;

  /** @param {string} path created where missing */
  constructor(path) {
    this.#file = openSync(path, 'a+', 0o600);
    this.end = fstatSync(this.#file).size;
  }

  /** @param {Buffer} record */
  append(record) {
    const size = HEAD_BYTES + record.length;
    if (this.#used + size > BUFFER_BYTES) this.flush();
    if (size > BUFFER_BYTES) {
      this.#write(Buffer.concat([head(record), record]));
    } else {
      this.#buffer.writeUInt32LE(record.length, this.#used);
      this.#buffer.writeUInt32LE(crc32(record), this.#used + 4);
      this.#used += HEAD_BYTES + record.copy(this.#buffer, this.#used + HEAD_BYTES);
    }
    this.end += size;
  }

  /** Hands what was appended to the operating system. */
  flush() {
    if (this.#used === 0) return;
    this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  /**
   * Reads from the start, and cuts off what was torn.
   * @returns {Generator<{ record: Buffer, end: number }>} end is the offset behind the record
   */
  *records() {
    let pending = Buffer.alloc(0);
    let at = 0; // the offset at which `pending` begins
    const size = this.end;
    while (at + pending.length < size) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - at - pending.length));
      const count = readSync(this.#file, chunk, 0, chunk.length, at + pending.length);
      if (count === 0) break;
      pending = Buffer.concat([pending, chunk.subarray(0, count)]);
      let from = 0;
      for (;;) {
        const length = from + HEAD_BYTES <= pending.length ? pending.readUInt32LE(from) : null;
        if (length === null || (length <= MAX_RECORD_BYTES && from + HEAD_BYTES + length > pending.length)) break;
        const record = pending.subarray(from + HEAD_BYTES, from + HEAD_BYTES + length);
        if (length > MAX_RECORD_BYTES || crc32(record) !== pending.readUInt32LE(from + 4)) return this.#cut(at + from);
        from += HEAD_BYTES + length;
        yield { record, end: at + from };
      }
      at += from;
      pending = pending.subarray(from);
    }
    if (pending.length > 0) this.#cut(at);
  }

  close() {
    this.flush();
    closeSync(this.#file);
  }

  #cut(end) {
    ftruncateSync(this.#file, end);
    this.end = end;
  }

  #write(bytes) {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
  }
}

function head(record) {
  const bytes = Buffer.alloc(HEAD_BYTES);
  bytes.writeUInt32LE(record.length, 0);
  bytes.writeUInt32LE(crc32(record), 4);
  return bytes;
}
