import { COMPUTE_BUDGET_PROGRAM, SYSTEM_PROGRAM } from '../programs/addresses.mjs';
import { Keypair } from '../programs/keypair.mjs';
import { signedTransaction } from '../programs/message.mjs';
import { transferSol } from '../programs/system.mjs';
import { decode } from '../wire/base58.mjs';

const LAMPORTS = 500_000_000n * 1_000_000_000n;

/**
 * The richest account of the network: pays airdrops and whatever an administrator orders, in
 * ordinary transactions that no fault touches.
 */
export class Faucet {
  #orders = 0;

  /** @param {import('./chain.mjs').Chain} chain */
  constructor(chain) {
    this.chain = chain;
    this.keypair = Keypair.derive(`faucet of ${chain.slots.seed}`);
    this.publicKey = this.keypair.publicKey;
  }

  /** Fills the faucet: once, in the first block. */
  fill() {
    this.chain.setAccount(this.publicKey, {
      lamports: LAMPORTS, owner: SYSTEM_PROGRAM, executable: false, data: Buffer.alloc(0),
    });
  }

  /**
   * Executes instructions that the faucet pays for, at once.
   * @param {import('../programs/message.mjs').Instruction[]} instructions
   * @param {Keypair[]} [signers] beside the faucet
   * @returns {{ signature: string, error: string | object | null, logs: string[] }}
   */
  order(instructions, signers = []) {
    const blockhash = decode(this.chain.slots.hashOf(this.chain.slots.newest));
    // Equal orders in one block would be one transaction: the unit limit tells them apart.
    const distinct = { program: COMPUTE_BUDGET_PROGRAM, accounts: [], data: unitLimit(1_000_000 + (this.#orders++ % 400_000)) };
    const transaction = signedTransaction([this.keypair, ...signers], [distinct, ...instructions], blockhash);
    const { error, entry } = this.chain.land(transaction, { survivesForks: true });
    return { signature: transaction.signature, error, logs: entry?.meta.logs() ?? [] };
  }

  /** @param {Buffer} to @param {bigint} lamports */
  airdrop(to, lamports) {
    return this.order([transferSol(this.publicKey, to, lamports)]);
  }
}

function unitLimit(units) {
  const data = Buffer.alloc(5);
  data[0] = 2;
  data.writeUInt32LE(units, 1);
  return data;
}
