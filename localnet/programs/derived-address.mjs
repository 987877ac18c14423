import { createHash } from 'node:crypto';
import { ASSOCIATED_TOKEN_PROGRAM } from './addresses.mjs';

const P = 2n ** 255n - 19n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

/**
 * The token account that belongs to an owner and a mint by convention.
 * @param {Buffer} owner @param {Buffer} tokenProgram @param {Buffer} mint
 */
export function associatedTokenAddress(owner, tokenProgram, mint) {
  return programDerivedAddress([owner, tokenProgram, mint], ASSOCIATED_TOKEN_PROGRAM);
}

/**
 * The first address off the curve, counting the bump down: https://solana.com/docs/core/pda
 * @param {Buffer[]} seeds @param {Buffer} program
 */
export function programDerivedAddress(seeds, program) {
  for (let bump = 255; bump >= 0; bump--) {
    const hash = createHash('sha256');
    for (const seed of seeds) hash.update(seed);
    const address = hash.update(Buffer.from([bump])).update(program).update('ProgramDerivedAddress').digest();
    if (!isOnCurve(address)) return address;
  }
  throw new Error('no bump gives an address off the curve');
}

/**
 * Whether the bytes are a point of Ed25519's curve (RFC 8032, 5.1.3): x² = (y² − 1) / (d·y² + 1) has a root.
 * @param {Uint8Array} bytes
 */
export function isOnCurve(bytes) {
  const y = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`) & (2n ** 255n - 1n);
  const y2 = (y * y) % P;
  const numerator = (y2 - 1n + P) % P;
  const denominator = (D * y2 + 1n) % P;
  // A quotient is a square exactly if the product is, which spares the inverse.
  const product = (numerator * denominator) % P;
  return product === 0n || power(product, (P - 1n) / 2n) === 1n;
}

function power(base, exponent) {
  let result = 1n;
  for (let e = exponent, b = base; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * b) % P;
    b = (b * b) % P;
  }
  return result;
}
