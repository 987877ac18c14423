import { parseArgs } from 'node:util';
import { shown } from './wire/shown.mjs';

/** The command line cannot be understood. */
export class UsageError extends Error {}

const OPTIONS = {
  port: { default: '8899', range: [0, 65_535], help: 'port on 127.0.0.1; 0 takes a free one' },
  'slot-ms': { default: '400', range: [1, 60_000], help: 'length of a slot in milliseconds' },
  'confirm-slots': { default: '1', range: [0, 1000], help: 'slots after which a transaction is confirmed' },
  'finalize-slots': { default: '32', range: [1, 10_000], help: 'slots after which a transaction is finalized' },
  history: { default: '10000', range: [0, 10_000_000], help: 'final transactions kept with logs and balances' },
  'block-cu': { default: '0', range: [0, 1_000_000_000], help: 'compute units that fit a block; 0: no limit (mainnet: 60000000)' },
  'account-cu': { default: '0', range: [0, 1_000_000_000], help: 'compute units a block that may write one account; 0: no limit (mainnet: 24000000)' },
  ledger: { help: 'directory in which the ledger survives restarts; without it, it lives in memory' },
  'checkpoint-ms': { default: '3000', range: [1, 600_000], help: 'execution time that a restart of the ledger may have to repeat' },
  seed: { help: 'text from which blockhashes and the faucet follow; without it, each network has its own' },
};

export const HELP = `localnet: a Solana validator for one machine, the real virtual machine behind JSON-RPC

usage: node localnet/main.mjs [options]

${Object.entries(OPTIONS)
  .map(([name, { help, default: value }]) => `  --${`${name} ${name === 'ledger' ? 'DIR' : name === 'seed' ? 'TEXT' : 'N'}`.padEnd(20)} ${help}${value ? ` (default ${value})` : ''}`)
  .join('\n')}
  --stop-with-stdin      stops when standard input ends, so that it does not outlive who started it
  --help                 this text

Prints one line of JSON with its port as soon as it serves. Listens on 127.0.0.1 only.
`;

/**
 * @param {string[]} args
 * @returns {{ help: true } | { help: false, port: number, slotMs: number, confirmSlots: number, finalizeSlots: number,
 *   history: number, limits: { blockUnits: number, accountUnits: number }, ledger: string | undefined,
 *   checkpointMs: number, seed: string | undefined, stopWithStdin: boolean }}
 */
export function parseOptions(args) {
  const values = parse(args);
  if (values.help) return { help: true };
  const number = (name) => integer(name, values[name]);
  const confirmSlots = number('confirm-slots');
  const finalizeSlots = number('finalize-slots');
  if (finalizeSlots <= confirmSlots) {
    throw new UsageError(`--finalize-slots ${finalizeSlots} must be above --confirm-slots ${confirmSlots}`);
  }
  return {
    help: false,
    port: number('port'),
    slotMs: number('slot-ms'),
    confirmSlots,
    finalizeSlots,
    history: number('history'),
    limits: { blockUnits: number('block-cu'), accountUnits: number('account-cu') },
    ledger: values.ledger,
    checkpointMs: number('checkpoint-ms'),
    seed: values.seed,
    stopWithStdin: values['stop-with-stdin'],
  };
}

function parse(args) {
  const options = Object.fromEntries(
    Object.entries(OPTIONS).map(([name, { default: value }]) => [name, { type: 'string', ...(value === undefined ? {} : { default: value }) }]),
  );
  try {
    return parseArgs({ args, options: { ...options, help: { type: 'boolean' }, 'stop-with-stdin': { type: 'boolean', default: false } }, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function integer(name, text) {
  const [min, max] = OPTIONS[name].range;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new UsageError(`--${name} must be an integer from ${min} to ${max}, not ${shown(text)}`);
  }
  return value;
}
