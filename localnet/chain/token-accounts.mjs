import { COMPUTE_BUDGET_PROGRAM, MEMO_PROGRAM, SYSTEM_PROGRAM, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../programs/addresses.mjs';
import { isTokenProgram, kindOf } from '../programs/token-layout.mjs';

const OWNER_AT = 32;
const FIRST_CAPACITY = 1024;
const SET_AUTHORITY = 6;
const INITIALIZE_ACCOUNT = [1, 16, 18];
// The token programs' instruction that holds other instructions.
const BATCH = 255;
const OWNER_CHANGES = new Set([SET_AUTHORITY, BATCH]);
const OWNER_INSTRUCTIONS = new Set([...OWNER_CHANGES, ...INITIALIZE_ACCOUNT]);
/** Programs that neither make token accounts nor call others that do. */
const OTHER_PROGRAMS = [SYSTEM_PROGRAM, COMPUTE_BUDGET_PROGRAM, MEMO_PROGRAM];
const NONE = 0;

/**
 * Which token accounts there are, by owner: a hash table of chains in flat arrays, because objects
 * for a million accounts would weigh more than the accounts. It may name accounts that are gone or
 * have another owner by now; whoever reads looks at the account itself.
 */
export class TokenAccounts {
  #count = 0;
  #keys = Buffer.alloc(32 * FIRST_CAPACITY);
  /** By hash of the owner: 1 + the newest entry. */
  #heads = new Uint32Array(2 * FIRST_CAPACITY);
  /** By entry: 1 + the next one of the same hash. */
  #next = new Uint32Array(FIRST_CAPACITY);
  #hashes = new Uint32Array(FIRST_CAPACITY);

  /** @param {import('./virtual-machine.mjs').VirtualMachine} machine */
  constructor(machine) {
    this.machine = machine;
  }

  /**
   * Takes note of what a transaction has created, or given to another owner.
   * @param {import('./journal.mjs').Entry} entry
   */
  landed(entry) {
    const { keys, before, error } = entry;
    if (error !== null || !mayConcern(entry)) return;
    const ownersChange = changesOwners(entry);
    keys.forEach((key, i) => {
      if (ownersChange || before[i] === null || !isTokenProgram(before[i].owner())) this.note(key, this.machine.account(key));
    });
  }

  /**
   * @param {Uint8Array} key
   * @param {any} account a handle, null for none
   */
  note(key, account) {
    if (!account || !isTokenProgram(account.owner())) return;
    const data = account.data();
    if (kindOf(data) === 'account') this.add(key, data.subarray(OWNER_AT, OWNER_AT + 32));
  }

  /** @param {Uint8Array} key of the token account @param {Uint8Array} owner */
  add(key, owner) {
    if (this.#count === this.#next.length) this.#grow();
    this.#keys.set(key, 32 * this.#count);
    this.#hashes[this.#count] = hashOf(owner);
    this.#link(this.#count++);
  }

  /**
   * @param {Buffer} owner
   * @returns {{ address: Buffer, account: any }[]} with handles
   */
  of(owner) {
    const hash = hashOf(owner);
    const found = new Map();
    for (let at = this.#heads[hash % this.#heads.length]; at !== NONE; at = this.#next[at - 1]) {
      if (this.#hashes[at - 1] !== hash) continue;
      const address = this.#key(at - 1);
      const account = this.machine.account(address);
      if (isTokenAccount(account) && owner.equals(account.data().subarray(OWNER_AT, OWNER_AT + 32))) {
        found.set(address.latin1Slice(), { address, account });
      }
    }
    return [...found.values()];
  }

  /** All token accounts, each once. */
  *all() {
    const seen = new Set();
    for (let entry = 0; entry < this.#count; entry++) {
      const address = this.#key(entry);
      const name = address.latin1Slice();
      if (seen.has(name)) continue;
      seen.add(name);
      const account = this.machine.account(address);
      if (isTokenAccount(account)) yield { address, account };
    }
  }

  #key(entry) {
    return this.#keys.subarray(32 * entry, 32 * entry + 32);
  }

  #link(entry) {
    const slot = this.#hashes[entry] % this.#heads.length;
    this.#next[entry] = this.#heads[slot];
    this.#heads[slot] = entry + 1;
  }

  #grow() {
    const capacity = 2 * this.#next.length;
    this.#keys = Buffer.concat([this.#keys], 32 * capacity);
    this.#hashes = widened(this.#hashes, capacity);
    this.#next = new Uint32Array(capacity);
    this.#heads = new Uint32Array(2 * capacity);
    for (let entry = 0; entry < this.#count; entry++) this.#link(entry);
  }
}

function isTokenAccount(account) {
  return account !== null && isTokenProgram(account.owner()) && kindOf(account.data()) === 'account';
}

function hashOf(owner) {
  // Addresses are keys or hashes: any four bytes of them are as good as random.
  return (owner[0] | (owner[1] << 8) | (owner[2] << 16) | (owner[3] << 24)) >>> 0;
}

function widened(array, length) {
  const wide = new Uint32Array(length);
  wide.set(array);
  return wide;
}

/** Whether it may have made token accounts or changed their owners; payments to existing ones do not. */
function mayConcern({ transaction }) {
  return transaction.instructions.some(({ program, dataAt, dataLength }) => {
    if (isTokenProgramAt(transaction, program)) return dataLength === 0 || OWNER_INSTRUCTIONS.has(transaction.bytes[dataAt]);
    return !OTHER_PROGRAMS.some((each) => transaction.isKey(program, each));
  });
}

function changesOwners({ transaction }) {
  return transaction.instructions.some(
    ({ program, dataAt, dataLength }) =>
      dataLength > 0 && OWNER_CHANGES.has(transaction.bytes[dataAt]) && isTokenProgramAt(transaction, program),
  );
}

function isTokenProgramAt(transaction, index) {
  return transaction.isKey(index, TOKEN_PROGRAM) || transaction.isKey(index, TOKEN_2022_PROGRAM);
}
