#!/usr/bin/env node
import { LedgerInUseError } from './ledger/lock.mjs';
import { LedgerMismatchError } from './ledger/restore.mjs';
import { Localnet } from './localnet.mjs';
import { HELP, parseOptions, UsageError } from './options.mjs';

const USAGE_STATUS = 2;

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(HELP);
  else await run(options);
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`localnet: ${error.message}\nSee localnet --help.\n`);
    process.exit(USAGE_STATUS);
  }
  process.stderr.write(`localnet: ${inOneSentence(error)}\n`);
  process.exit(1);
}

function inOneSentence(error) {
  if (error.code === 'EADDRINUSE') return `port ${error.port} is taken; choose another with --port`;
  const isExpected = error instanceof LedgerInUseError || error instanceof LedgerMismatchError || error.syscall !== undefined;
  return isExpected ? error.message : error.stack;
}

async function run(options) {
  const localnet = await Localnet.start(options);
  const stop = () => localnet.stop().then(() => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
  if (options.stopWithStdin) process.stdin.once('end', stop).resume();
  const { port, url } = localnet;
  process.stdout.write(`${JSON.stringify({ event: 'ready', port, url, genesisHash: localnet.chain.slots.genesisHash })}\n`);
}
