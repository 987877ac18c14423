import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { encode } from './wire/base58.mjs';

/** Prints a CSV of recipients made up for the occasion: `node localnet/recipients.mjs 10000 >recipients.csv`. */
const MOST = 10_000_000;
const LINES_A_WRITE = 1_000;
/** An SPKI document of an Ed25519 key is a fixed prefix and the key (RFC 8410). */
const KEY_BYTES = 32;

const count = Number(process.argv[2]);
if (!Number.isInteger(count) || count < 1 || count > MOST) {
  console.error(`how many recipients? a whole number from 1 to ${MOST} is expected, not "${process.argv[2] ?? ''}"`);
  process.exit(2);
}

let lines = 'address,base_units\n';
for (let index = 0; index < count; index++) {
  const document = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
  lines += `${encode(document.subarray(-KEY_BYTES))},${1_000_000 + (index % 9_000_000)}\n`;
  if (index % LINES_A_WRITE === LINES_A_WRITE - 1 || index === count - 1) {
    if (!process.stdout.write(lines)) await once(process.stdout, 'drain');
    lines = '';
  }
}
