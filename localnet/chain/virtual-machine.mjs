// The native class itself: the package's wrapper decodes and encodes every transaction once more.
import native from 'litesvm/dist/internal.js';
import { toRpcError } from './transaction-errors.mjs';

const { Account, Clock, FailedTransactionMetadata, LiteSvm } = native;
const SLOTS_PER_EPOCH = 432_000n;
const NOTHING = new Uint8Array(0);
const SYSTEM_PROGRAM = new Uint8Array(32);

/**
 * The Solana virtual machine and its accounts. Signatures' uniqueness and blockhashes' age are the
 * chain's affair: the machine's own checks know one blockhash and no forks, so they are off.
 * @typedef {{ error: string | object | null, meta: any }} Outcome
 */
export class VirtualMachine {
  #svm;

  constructor() {
    this.#svm = new LiteSvm();
    this.#svm.withNativeMints();
    this.#svm.setTransactionHistory(0n);
    this.#svm.setBlockhashCheck(false);
    this.#svm.setSigverify(true);
  }

  /**
   * @param {number} slot
   * @param {number} unixSeconds
   */
  setClock(slot, unixSeconds) {
    const epoch = BigInt(slot) / SLOTS_PER_EPOCH;
    this.#svm.setClock(new Clock(BigInt(slot), BigInt(unixSeconds), epoch, epoch + 1n, BigInt(unixSeconds)));
  }

  /**
   * Executes and commits.
   * @param {Uint8Array} transaction whose bytes have been checked
   * @param {boolean} signaturesVerified
   * @returns {Outcome}
   */
  execute(transaction, signaturesVerified) {
    return this.#run('sendVersionedTransaction', transaction, !signaturesVerified);
  }

  /**
   * Executes without committing.
   * @param {Uint8Array} transaction whose bytes have been checked
   * @param {boolean} verifySignatures
   * @returns {Outcome & { accounts: any[] }}
   */
  simulate(transaction, verifySignatures) {
    return this.#run('simulateVersionedTransaction', transaction, verifySignatures);
  }

  #run(method, transaction, verifySignatures) {
    if (!verifySignatures) this.#svm.setSigverify(false);
    try {
      const result = this.#svm[method](transaction);
      if (result instanceof FailedTransactionMetadata) {
        return { error: toRpcError(result.err()), meta: result.meta(), accounts: [] };
      }
      return method === 'sendVersionedTransaction'
        ? { error: null, meta: result }
        : { error: null, meta: result.meta(), accounts: result.postAccounts() };
    } finally {
      if (!verifySignatures) this.#svm.setSigverify(true);
    }
  }

  /**
   * A handle on the account as it is now; later writes do not change it.
   * @param {Uint8Array} key
   */
  account(key) {
    return this.#svm.getAccount(key);
  }

  /** @param {Uint8Array} key */
  lamports(key) {
    return this.#svm.getBalance(key) ?? 0n;
  }

  /**
   * @param {Uint8Array} key
   * @param {any} account a handle from {@link account}, or null for none
   */
  restore(key, account) {
    this.#svm.setAccount(key, account ?? new Account(0n, NOTHING, SYSTEM_PROGRAM, false, 0n));
  }

  /**
   * @param {Uint8Array} key
   * @param {{ lamports: bigint, owner: Uint8Array, executable: boolean, data: Uint8Array }} account
   */
  setAccount(key, { lamports, owner, executable, data }) {
    this.#svm.setAccount(key, new Account(lamports, data, owner, executable, 0xffff_ffff_ffff_ffffn));
  }

  /** @param {Uint8Array} program */
  accountsOf(program) {
    return this.#svm.getProgramAccounts(program);
  }

  /** @param {number} bytes of the account's data */
  rentExemption(bytes) {
    return this.#svm.minimumBalanceForRentExemption(BigInt(bytes));
  }
}
