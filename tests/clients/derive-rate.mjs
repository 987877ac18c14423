// Derives associated token accounts with @solana/kit for some seconds and prints how many a second.
// Usage: node derive-rate.mjs SECONDS
import { getAddressDecoder } from '@solana/kit';
import { findAssociatedTokenPda, TOKEN_PROGRAM_ADDRESS } from '@solana-program/token';
import { randomBytes } from 'node:crypto';

const BATCH = 64;
const decoder = getAddressDecoder();
const mint = decoder.decode(randomBytes(32));
const owners = Array.from({ length: 4096 }, () => decoder.decode(randomBytes(32)));
const until = process.hrtime.bigint() + BigInt(Number(process.argv[2]) * 1e9);
const start = process.hrtime.bigint();
let count = 0;
while (process.hrtime.bigint() < until) {
  const batch = [];
  for (let i = 0; i < BATCH; i++) {
    batch.push(findAssociatedTokenPda({ owner: owners[(count + i) % owners.length], mint, tokenProgram: TOKEN_PROGRAM_ADDRESS }));
  }
  await Promise.all(batch);
  count += BATCH;
}
console.log(count / (Number(process.hrtime.bigint() - start) / 1e9));
