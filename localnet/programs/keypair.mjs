import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';

// RFC 8410: the fixed head of a PKCS #8 document that holds an Ed25519 seed.
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key of the simulator's own. It guards nothing: whoever knows the network's seed knows it. */
export class Keypair {
  /** @param {Buffer} seed of 32 bytes */
  constructor(seed) {
    this.privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(this.privateKey).export({ format: 'der', type: 'spki' });
    this.publicKey = spki.subarray(spki.length - 32);
  }

  /** @param {string} label the same label gives the same key */
  static derive(label) {
    return new Keypair(createHash('sha256').update(label).digest());
  }

  /** @param {Uint8Array} message */
  sign(message) {
    return sign(null, message, this.privateKey);
  }
}
