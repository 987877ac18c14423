// Base58 with Bitcoin's alphabet (draft-msporny-base58), several digits at a time: a signature is
// written on every send, and digit by digit that alone would cost more than a simple transfer.

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const DIGIT_OF = new Int8Array(128).fill(-1);
for (let i = 0; i < 58; i++) DIGIT_OF[ALPHABET.charCodeAt(i)] = i;

const DIGITS_PER_LIMB = 5;
const LIMB = 58 ** DIGITS_PER_LIMB;

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function encode(bytes) {
  const length = bytes.length;
  let zeros = 0;
  while (zeros < length && bytes[zeros] === 0) zeros++;

  const limbs = [];
  let start = zeros;
  if ((length - zeros) % 2 === 1) {
    limbs.push(bytes[start]);
    start++;
  }
  for (let at = start; at < length; at += 2) {
    let carry = bytes[at] * 256 + bytes[at + 1];
    for (let i = 0; i < limbs.length; i++) {
      // At most 2^30 · 2^16 + 2^30: exact in a double.
      const value = limbs[i] * 65536 + carry;
      carry = Math.floor(value / LIMB);
      limbs[i] = value - carry * LIMB;
    }
    if (carry > 0) limbs.push(carry);
  }

  let digits = '';
  for (let i = limbs.length - 1; i >= 0; i--) {
    let limb = limbs[i];
    let text = '';
    for (let digit = 0; digit < DIGITS_PER_LIMB; digit++) {
      text = ALPHABET[limb % 58] + text;
      limb = Math.floor(limb / 58);
    }
    digits += text;
  }
  let skip = 0;
  while (skip < digits.length && digits[skip] === '1') skip++;
  return '1'.repeat(zeros) + digits.slice(skip);
}

/**
 * @param {string} text
 * @returns {Buffer | null} null where a character is not of the alphabet
 */
export function decode(text) {
  let zeros = 0;
  while (zeros < text.length && text[zeros] === '1') zeros++;

  const limbs = []; // base 2^24, least significant first
  for (let at = zeros; at < text.length; ) {
    let factor = 1;
    let carry = 0;
    for (let taken = 0; taken < 4 && at < text.length; taken++, at++) {
      const code = text.charCodeAt(at);
      const digit = code < 128 ? DIGIT_OF[code] : -1;
      if (digit < 0) return null;
      carry = carry * 58 + digit;
      factor *= 58;
    }
    for (let i = 0; i < limbs.length; i++) {
      const value = limbs[i] * factor + carry;
      carry = Math.floor(value / 0x1000000);
      limbs[i] = value % 0x1000000;
    }
    if (carry > 0) limbs.push(carry);
  }

  const body = Buffer.alloc(limbs.length * 3);
  for (let i = 0; i < limbs.length; i++) body.writeUIntBE(limbs[i], (limbs.length - 1 - i) * 3, 3);
  let skip = 0;
  while (skip < body.length && body[skip] === 0) skip++;
  return Buffer.concat([Buffer.alloc(zeros), body.subarray(skip)]);
}

/**
 * An address, blockhash or signature of exactly `size` bytes.
 * @param {unknown} text
 * @param {number} size
 * @returns {Buffer | null}
 */
export function decodeExactly(text, size) {
  // The longest base58 of 64 bytes has 88 characters: no need to look at megabytes of junk.
  if (typeof text !== 'string' || text.length > size * 1.4 || text.length < size) return null;
  const bytes = decode(text);
  return bytes !== null && bytes.length === size ? bytes : null;
}
