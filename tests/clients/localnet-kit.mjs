// Pays through a localnet with @solana/kit, as a user's program would; prints one line of JSON.
// usage: node localnet-kit.mjs RPC_URL
import * as kit from '@solana/kit';
import { getCreateAccountInstruction, getTransferSolInstruction } from '@solana-program/system';
import * as token2022 from '@solana-program/token-2022';

const url = process.argv[2];
const rpc = kit.createSolanaRpc(url);
const rpcSubscriptions = kit.createSolanaRpcSubscriptions(url.replace('http', 'ws'));
const sendAndConfirm = kit.sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions });

const payer = await kit.generateKeyPairSigner();
await kit.airdropFactory({ rpc, rpcSubscriptions })({
  commitment: 'confirmed', lamports: kit.lamports(5_000_000_000n), recipientAddress: payer.address,
});

const recipient = (await kit.generateKeyPairSigner()).address;
const paid = await pay([getTransferSolInstruction({ source: payer, destination: recipient, amount: 1_234_567n })]);
const balance = (await rpc.getBalance(recipient, { commitment: 'confirmed' }).send()).value;

const mint = await makeMint();
const account = await giveTokens(mint, recipient, 42_000_000n);
const parsed = (await rpc.getAccountInfo(account, { encoding: 'jsonParsed', commitment: 'confirmed' }).send()).value;
const owned = (await rpc.getTokenAccountsByOwner(recipient, { programId: token2022.TOKEN_2022_PROGRAM_ADDRESS }, { encoding: 'jsonParsed' }).send()).value;
const tokenBalance = (await rpc.getTokenAccountBalance(account).send()).value;
const supply = (await rpc.getTokenSupply(mint).send()).value;
const fetched = await token2022.fetchToken(rpc, account);

const told = await rpc.getTransaction(paid, { commitment: 'confirmed', encoding: 'base64', maxSupportedTransactionVersion: 0 }).send();
const history = await rpc.getSignaturesForAddress(recipient, { commitment: 'confirmed', limit: 10 }).send();
const failure = await refusal();
const { value: latest } = await rpc.getLatestBlockhash().send();

console.log(JSON.stringify({
  balance,
  parsedAmount: parsed.data.parsed.info.tokenAmount.uiAmountString,
  ownedAccounts: owned.map(({ pubkey }) => pubkey === account),
  tokenBalance: tokenBalance.amount,
  supply: supply.amount,
  fetchedAmount: fetched.data.amount,
  fee: told.meta.fee,
  paidAccording: told.meta.postBalances[1] - told.meta.preBalances[1],
  history: history.length,
  failure,
  blockhashIsValid: (await rpc.isBlockhashValid(latest.blockhash).send()).value,
  isHealthy: await rpc.getHealth().send(),
  epochSlots: (await rpc.getEpochInfo().send()).slotsInEpoch,
  fees: (await rpc.getRecentPrioritizationFees([payer.address]).send()).length > 0,
  rent: await rpc.getMinimumBalanceForRentExemption(165n).send(),
}, (_, value) => (typeof value === 'bigint' ? value.toString() : value)));

async function signed(instructions) {
  const { value: blockhash } = await rpc.getLatestBlockhash({ commitment: 'confirmed' }).send();
  const message = kit.pipe(
    kit.createTransactionMessage({ version: 0 }),
    (empty) => kit.setTransactionMessageFeePayerSigner(payer, empty),
    (paidFor) => kit.setTransactionMessageLifetimeUsingBlockhash(blockhash, paidFor),
    (alive) => kit.appendTransactionMessageInstructions(instructions, alive),
  );
  return kit.signTransactionMessageWithSigners(message);
}

async function pay(instructions) {
  const transaction = await signed(instructions);
  await sendAndConfirm(transaction, { commitment: 'confirmed' });
  return kit.getSignatureFromTransaction(transaction);
}

async function makeMint() {
  const key = await kit.generateKeyPairSigner();
  const space = BigInt(token2022.getMintSize());
  await pay([
    getCreateAccountInstruction({
      payer, newAccount: key, space, lamports: await rpc.getMinimumBalanceForRentExemption(space).send(),
      programAddress: token2022.TOKEN_2022_PROGRAM_ADDRESS,
    }),
    token2022.getInitializeMint2Instruction({ mint: key.address, decimals: 6, mintAuthority: payer.address }),
  ]);
  return key.address;
}

async function giveTokens(mintAddress, owner, amount) {
  const [ata] = await token2022.findAssociatedTokenPda({ mint: mintAddress, owner, tokenProgram: token2022.TOKEN_2022_PROGRAM_ADDRESS });
  await pay([
    token2022.getCreateAssociatedTokenIdempotentInstruction({ payer, ata, owner, mint: mintAddress, tokenProgram: token2022.TOKEN_2022_PROGRAM_ADDRESS }),
    token2022.getMintToInstruction({ mint: mintAddress, token: ata, mintAuthority: payer, amount }),
  ]);
  return ata;
}

/** What kit makes of a preflight that fails. */
async function refusal() {
  try {
    await pay([getTransferSolInstruction({ source: payer, destination: recipient, amount: 10n ** 18n })]);
    return null;
  } catch (error) {
    const isPreflight = kit.isSolanaError(error, kit.SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE);
    return isPreflight && { cause: String(error.cause?.message ?? error.cause), hasLogs: error.context.logs.length > 0 };
  }
}
