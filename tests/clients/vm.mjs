// The real Solana virtual machine for tests, without a validator around it: accounts in, transactions through.
// One JSON request a line on standard input, one JSON answer a line on standard output.
import { createInterface } from 'node:readline';
import { address, getTransactionDecoder, lamports } from '@solana/kit';
import { FailedTransactionMetadata, LiteSVM } from 'litesvm';

const svm = new LiteSVM();

const requests = {
  airdrop: (r) => {
    svm.airdrop(address(r.key), lamports(BigInt(r.lamports)));
    return true;
  },
  blockhash: () => {
    svm.expireBlockhash();
    return svm.latestBlockhash();
  },
  rent: (r) => `${svm.minimumBalanceForRentExemption(BigInt(r.size))}`,
  account: (r) => {
    const account = svm.getAccount(address(r.key));
    return account.exists
      ? { owner: account.programAddress, lamports: `${account.lamports}`, data: Buffer.from(account.data).toString('base64') }
      : null;
  },
  send: (r) => {
    const outcome = svm.sendTransaction(getTransactionDecoder().decode(Buffer.from(r.transaction, 'base64')));
    const failed = outcome instanceof FailedTransactionMetadata;
    const meta = failed ? outcome.meta() : outcome;
    return { error: failed ? `${outcome}` : null, logs: meta.logs(), units: `${meta.computeUnitsConsumed()}` };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  try {
    console.log(JSON.stringify({ result: requests[request.kind](request) }));
  } catch (error) {
    console.log(JSON.stringify({ error: `${error?.stack ?? error}` }));
  }
}
