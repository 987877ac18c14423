import { encode } from './base58.mjs';
import { MalformedError, Reader } from './reader.mjs';

/** The largest transaction that fits a packet: IPv6's minimum MTU less headers. */
export const MAX_TRANSACTION_BYTES = 1232;

/** The message contradicts itself although its bytes can be read. */
export class UnsanitaryError extends Error {}

/**
 * @typedef {{ program: number, accountsAt: number, accountCount: number, dataAt: number, dataLength: number }} Instruction
 * @typedef {{ tableAt: number, writableAt: number, writableCount: number, readonlyAt: number, readonlyCount: number }} TableLookup
 */

/**
 * A transaction's bytes and where in them things are. Whatever is read here is exactly what the
 * virtual machine would accept: its native reader aborts the process on bytes that it cannot read.
 * https://solana.com/docs/core/transactions
 */
export class Transaction {
  #signature = null;

  /** @param {Buffer} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    const reader = new Reader(bytes);
    this.signatureCount = reader.compactU16();
    this.signaturesAt = reader.skip(64 * this.signatureCount);
    this.#readMessage(reader);
    this.#sanitize();
  }

  /**
   * A message without signatures, as `getFeeForMessage` takes it, with zeros in their place.
   * @param {Buffer} message
   */
  static ofMessage(message) {
    const required = message.length > 1 && message[0] >= 0x80 ? message[1] : message[0];
    if (!(required > 0 && required < 0x80)) throw new MalformedError('the message names no signer');
    return new Transaction(Buffer.concat([Buffer.from([required]), Buffer.alloc(64 * required), message]));
  }

  /** The first signature in base58: the transaction's id. */
  get signature() {
    return (this.#signature ??= encode(this.bytes.subarray(this.signaturesAt, this.signaturesAt + 64)));
  }

  /** The blockhash as a map's key. */
  get blockhashKey() {
    return this.bytes.latin1Slice(this.blockhashAt, this.blockhashAt + 32);
  }

  /** @param {number} index of a static account key */
  key(index) {
    const at = this.keysAt + 32 * index;
    return this.bytes.subarray(at, at + 32);
  }

  /**
   * @param {number} index of a static account key
   * @param {Uint8Array} key
   */
  isKey(index, key) {
    // Most keys differ in their first byte, and a slice for each would cost more than the rest.
    const at = this.keysAt + 32 * index;
    return this.bytes[at] === key[0] && this.bytes.compare(key, 0, 32, at, at + 32) === 0;
  }

  /** @param {number} index of a static account key */
  isWritable(index) {
    return index < this.requiredSignatures
      ? index < this.requiredSignatures - this.readonlySigned
      : index < this.keyCount - this.readonlyUnsigned;
  }

  /** @param {Buffer} key whether it is among the static account keys */
  mentions(key) {
    const end = this.keysAt + 32 * this.keyCount;
    for (let at = this.bytes.indexOf(key, this.keysAt); at >= 0 && at < end; at = this.bytes.indexOf(key, at + 1)) {
      if ((at - this.keysAt) % 32 === 0) return true;
    }
    return false;
  }

  #readMessage(reader) {
    this.messageAt = reader.at;
    let first = reader.u8();
    this.version = 'legacy';
    if (first >= 0x80) {
      this.version = first & 0x7f;
      if (this.version !== 0) throw new MalformedError(`transaction version ${this.version} is not supported`);
      first = reader.u8();
    }
    this.requiredSignatures = first;
    this.readonlySigned = reader.u8();
    this.readonlyUnsigned = reader.u8();
    this.keyCount = reader.compactU16();
    this.keysAt = reader.skip(32 * this.keyCount);
    this.blockhashAt = reader.skip(32);
    /** @type {Instruction[]} */
    this.instructions = [];
    for (let count = reader.compactU16(); count > 0; count--) {
      const program = reader.u8();
      const accountCount = reader.compactU16();
      const accountsAt = reader.skip(accountCount);
      const dataLength = reader.compactU16();
      this.instructions.push({ program, accountsAt, accountCount, dataAt: reader.skip(dataLength), dataLength });
    }
    /** @type {TableLookup[]} */
    this.lookups = [];
    if (this.version === 0) this.#readLookups(reader);
    if (reader.at !== this.bytes.length) {
      throw new MalformedError(`${this.bytes.length - reader.at} bytes after the end of the transaction`);
    }
  }

  #readLookups(reader) {
    for (let count = reader.compactU16(); count > 0; count--) {
      const tableAt = reader.skip(32);
      const writableCount = reader.compactU16();
      const writableAt = reader.skip(writableCount);
      const readonlyCount = reader.compactU16();
      this.lookups.push({ tableAt, writableAt, writableCount, readonlyAt: reader.skip(readonlyCount), readonlyCount });
    }
  }

  #sanitize() {
    let keys = this.keyCount;
    for (const { writableCount, readonlyCount } of this.lookups) {
      if (writableCount + readonlyCount === 0) throw new UnsanitaryError('an address table look-up without an index');
      keys += writableCount + readonlyCount;
    }
    if (this.requiredSignatures === 0 || this.signatureCount !== this.requiredSignatures) {
      throw new UnsanitaryError(`${this.signatureCount} signatures where ${this.requiredSignatures} are required`);
    }
    if (this.readonlySigned >= this.requiredSignatures) throw new UnsanitaryError('the fee payer is not writable');
    if (this.requiredSignatures + this.readonlyUnsigned > this.keyCount) {
      throw new UnsanitaryError('the header names more accounts than there are');
    }
    if (keys > 256) throw new UnsanitaryError(`${keys} accounts, at most 256 are allowed`);
    for (const { program, accountsAt, accountCount } of this.instructions) {
      if (program === 0 || program >= this.keyCount) throw new UnsanitaryError(`program index ${program} is out of range`);
      for (let i = 0; i < accountCount; i++) {
        const index = this.bytes[accountsAt + i];
        if (index >= keys) throw new UnsanitaryError(`account index ${index} is out of range`);
      }
    }
  }
}
