import { BlockLimits } from '../chain/block-limits.mjs';
import { Faucet } from '../chain/faucet.mjs';
import { Leader } from '../chain/leader.mjs';
import { PriorityFees } from '../chain/priority-fees.mjs';
import { Forks } from '../faults/forks.mjs';
import { NetworkFaults } from '../faults/network-faults.mjs';
import { Stats } from './stats.mjs';

/** Everything around one chain that requests are answered with. */
export class Services {
  /**
   * @param {import('../chain/chain.mjs').Chain} chain
   * @param {{ blockUnits: number, accountUnits: number }} limits
   */
  constructor(chain, limits) {
    this.chain = chain;
    this.stats = new Stats();
    this.faults = new NetworkFaults();
    this.faucet = new Faucet(chain);
    // A new slot is first made known to who counts by slot, then forks are resolved, and only then
    // does the leader execute what waited for it.
    this.fees = new PriorityFees(chain);
    this.forks = new Forks(chain, this.faults, this.stats);
    this.leader = new Leader(chain, this.faults, new BlockLimits(limits), this.stats);
  }
}
