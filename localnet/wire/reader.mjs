/** The bytes do not have the form that the wire format demands. */
export class MalformedError extends Error {}

/** Reads Solana's wire primitives; never beyond the end. */
export class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  u8() {
    if (this.at >= this.bytes.length) throw new MalformedError('unexpected end of input');
    return this.bytes[this.at++];
  }

  /**
   * @param {number} count
   * @returns {number} where the skipped bytes start
   */
  skip(count) {
    const start = this.at;
    if (count > this.bytes.length - start) throw new MalformedError('unexpected end of input');
    this.at = start + count;
    return start;
  }

  /** `compact-u16`: one to three bytes, only the shortest form is allowed. */
  compactU16() {
    let value = 0;
    for (let i = 0; i < 3; i++) {
      const byte = this.u8();
      if (i > 0 && byte === 0) throw new MalformedError('length is not in its shortest form');
      value |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) {
        if (value > 0xffff) break;
        return value;
      }
    }
    throw new MalformedError('length is above 65535');
  }
}
