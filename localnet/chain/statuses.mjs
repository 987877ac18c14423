/**
 * Which signatures have landed. All are kept, in a compact form: a payment must be found however
 * old it is, and one signature must never land twice.
 * @typedef {{ slot: number, error: string | object | null, sequence: number }} Status
 */
export class Statuses {
  /** @type {Map<string, Status>} */
  #bySignature;

  constructor(bySignature = new Map()) {
    this.#bySignature = bySignature;
  }

  get size() {
    return this.#bySignature.size;
  }

  /** @param {string} signature */
  get(signature) {
    return this.#bySignature.get(signature);
  }

  /** @param {string} signature @param {Status} status */
  set(signature, status) {
    this.#bySignature.set(signature, status);
  }

  /** @param {string} signature */
  delete(signature) {
    this.#bySignature.delete(signature);
  }

  /** In the order in which they landed, save those that a fork executed again. */
  entries() {
    return this.#bySignature.entries();
  }
}
