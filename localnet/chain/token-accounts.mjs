import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../programs/addresses.mjs';
import { isTokenProgram, kindOf, readTokenAccount } from '../programs/token-layout.mjs';

const SET_AUTHORITY = 6;

/**
 * Token accounts by owner. Nothing is indexed before it is asked for: the first question about an
 * owner looks at all token accounts, and from then on those of this owner are kept up to date.
 */
export class TokenAccounts {
  /** @type {Map<string, Map<string, Uint8Array>>} */
  #byOwner = new Map();

  /** @param {import('./chain.mjs').Chain} chain */
  constructor(chain) {
    this.machine = chain.machine;
    chain.on('landed', (entry) => this.#landed(entry));
    for (const event of ['written', 'forked', 'restored']) chain.on(event, () => this.#byOwner.clear());
  }

  /**
   * @param {Buffer} owner
   * @returns {{ address: Uint8Array, account: any }[]} with handles
   */
  of(owner) {
    const name = owner.latin1Slice();
    let known = this.#byOwner.get(name);
    if (known === undefined) this.#byOwner.set(name, (known = this.#scan(owner)));
    const found = [];
    for (const address of known.values()) {
      const account = this.machine.account(address);
      if (account && isTokenAccountOf(account, owner)) found.push({ address, account });
    }
    return found;
  }

  #scan(owner) {
    const found = new Map();
    for (const program of [TOKEN_PROGRAM, TOKEN_2022_PROGRAM]) {
      for (const each of this.machine.accountsOf(program)) {
        if (isTokenAccountOf(each.account(), owner)) found.set(latin1(each.address), each.address);
      }
    }
    return found;
  }

  #landed({ transaction, keys, before, error }) {
    if (this.#byOwner.size === 0 || error !== null) return;
    if (changesOwners(transaction)) {
      this.#byOwner.clear();
      return;
    }
    keys.forEach((key, i) => {
      if (before[i] === null || !isTokenProgram(before[i].owner())) this.#created(key);
    });
  }

  #created(key) {
    const account = this.machine.account(key);
    if (!account || !isTokenProgram(account.owner())) return;
    const data = account.data();
    if (kindOf(data) !== 'account') return;
    this.#byOwner.get(latin1(readTokenAccount(data).owner))?.set(latin1(key), Uint8Array.from(key));
  }
}

function isTokenAccountOf(account, owner) {
  if (!isTokenProgram(account.owner())) return false;
  const data = account.data();
  return kindOf(data) === 'account' && owner.equals(data.subarray(32, 64));
}

function changesOwners(transaction) {
  return transaction.instructions.some(
    ({ program, dataAt, dataLength }) =>
      dataLength > 0 && transaction.bytes[dataAt] === SET_AUTHORITY && isTokenProgram(transaction.key(program)),
  );
}

function latin1(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).latin1Slice();
}
