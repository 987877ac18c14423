#!/usr/bin/env node
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
  process.stderr.write(`localnet: ${error.code === 'EADDRINUSE' ? `port ${error.port} is taken; choose another with --port` : error.stack}\n`);
  process.exit(1);
}

async function run(options) {
  const localnet = await Localnet.start(options);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => localnet.stop().then(() => process.exit(0)));
  const { port, url } = localnet;
  process.stdout.write(`${JSON.stringify({ event: 'ready', port, url, genesisHash: localnet.chain.slots.genesisHash })}\n`);
}
