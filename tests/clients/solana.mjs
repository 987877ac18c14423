// Builds with @solana/kit what the tests build with our code, to be compared byte for byte.
// One JSON request a line on standard input, one JSON answer a line on standard output.
import { createInterface } from 'node:readline';
import {
  AccountRole, address, appendTransactionMessageInstructions, compileTransactionMessage,
  compressTransactionMessageUsingAddressLookupTables, createNoopSigner, createTransactionMessage,
  getBase64Decoder, getCompiledTransactionMessageEncoder, getTransactionEncoder,
  isOffCurveAddress, pipe, setTransactionMessageFeePayer, setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit';
import * as computeBudget from '@solana-program/compute-budget';
import * as memo from '@solana-program/memo';
import * as system from '@solana-program/system';
import * as token from '@solana-program/token';
import * as token2022 from '@solana-program/token-2022';

const signer = (key) => createNoopSigner(address(key));
const authority = (a) => (a.signers.length ? address(a.authority) : signer(a.authority));
const multiSigners = (a) => (a.signers.length ? { multiSigners: a.signers.map(signer) } : {});
const tokenLibrary = (a) => (a.program === token2022.TOKEN_2022_PROGRAM_ADDRESS ? token2022 : token);

const instructions = {
  custom: (a) => ({
    programAddress: address(a.program),
    accounts: a.accounts.map(([key, role]) => ({ address: address(key), role: [
      AccountRole.READONLY, AccountRole.WRITABLE, AccountRole.READONLY_SIGNER, AccountRole.WRITABLE_SIGNER][role] })),
    data: Buffer.from(a.data, 'base64'),
  }),
  transferSol: (a) => system.getTransferSolInstruction({ source: signer(a.from), destination: address(a.to), amount: BigInt(a.lamports) }),
  createAccount: (a) => system.getCreateAccountInstruction({
    payer: signer(a.payer), newAccount: signer(a.account), lamports: BigInt(a.lamports), space: BigInt(a.space), programAddress: address(a.owner) }),
  computeUnitLimit: (a) => computeBudget.getSetComputeUnitLimitInstruction({ units: a.units }),
  computeUnitPrice: (a) => computeBudget.getSetComputeUnitPriceInstruction({ microLamports: BigInt(a.microlamports) }),
  loadedAccountsDataSizeLimit: (a) => computeBudget.getSetLoadedAccountsDataSizeLimitInstruction({ accountDataSizeLimit: a.bytes }),
  memo: (a) => memo.getAddMemoInstruction({ memo: a.text, signers: a.signers.map(signer) }, { programAddress: address(a.program) }),
  createIdempotent: (a) => token.getCreateAssociatedTokenIdempotentInstruction({
    payer: signer(a.payer), ata: address(a.tokenAccount), owner: address(a.owner), mint: address(a.mint), tokenProgram: address(a.program) }),
  transferChecked: (a) => tokenLibrary(a).getTransferCheckedInstruction({
    source: address(a.source), mint: address(a.mint), destination: address(a.destination), authority: authority(a),
    amount: BigInt(a.amount), decimals: a.decimals, ...multiSigners(a) }),
  transferCheckedWithFee: (a) => token2022.getTransferCheckedWithFeeInstruction({
    source: address(a.source), mint: address(a.mint), destination: address(a.destination), authority: authority(a),
    amount: BigInt(a.amount), decimals: a.decimals, fee: BigInt(a.fee), ...multiSigners(a) }),
  initializeMint2: (a) => tokenLibrary(a).getInitializeMint2Instruction({
    mint: address(a.mint), decimals: a.decimals, mintAuthority: address(a.authority), freezeAuthority: a.freezeAuthority }),
  initializeAccount3: (a) => tokenLibrary(a).getInitializeAccount3Instruction({
    account: address(a.account), mint: address(a.mint), owner: address(a.owner) }),
  initializeMultisig2: (a) => tokenLibrary(a).getInitializeMultisig2Instruction({
    multisig: address(a.multisig), m: a.required, signers: a.signers.map(address) }),
  mintTo: (a) => tokenLibrary(a).getMintToInstruction({
    mint: address(a.mint), token: address(a.destination), mintAuthority: authority(a), amount: BigInt(a.amount), ...multiSigners(a) }),
  closeAccount: (a) => tokenLibrary(a).getCloseAccountInstruction({
    account: address(a.account), destination: address(a.destination), owner: authority(a), ...multiSigners(a) }),
  freezeAccount: (a) => tokenLibrary(a).getFreezeAccountInstruction({
    account: address(a.account), mint: address(a.mint), owner: authority(a), ...multiSigners(a) }),
  thawAccount: (a) => tokenLibrary(a).getThawAccountInstruction({
    account: address(a.account), mint: address(a.mint), owner: authority(a), ...multiSigners(a) }),
  initializeTransferFeeConfig: (a) => token2022.getInitializeTransferFeeConfigInstruction({
    mint: address(a.mint), transferFeeConfigAuthority: a.configAuthority, withdrawWithheldAuthority: a.withdrawAuthority,
    transferFeeBasisPoints: a.basisPoints, maximumFee: BigInt(a.maximumFee) }),
  initializeDefaultAccountState: (a) => token2022.getInitializeDefaultAccountStateInstruction({ mint: address(a.mint), state: a.state }),
  initializeNonTransferableMint: (a) => token2022.getInitializeNonTransferableMintInstruction({ mint: address(a.mint) }),
  initializePermanentDelegate: (a) => token2022.getInitializePermanentDelegateInstruction({ mint: address(a.mint), delegate: address(a.delegate) }),
  initializeTransferHook: (a) => token2022.getInitializeTransferHookInstruction({
    mint: address(a.mint), authority: a.authority, programId: a.hookProgram }),
};

function build(request) {
  const message = pipe(
    createTransactionMessage({ version: request.tables ? 0 : 'legacy' }),
    (m) => setTransactionMessageFeePayer(address(request.feePayer), m),
    (m) => setTransactionMessageLifetimeUsingBlockhash({ blockhash: request.blockhash, lastValidBlockHeight: 1n }, m),
    (m) => appendTransactionMessageInstructions(request.instructions.map((i) => instructions[i.op](i)), m),
  );
  const tables = Object.fromEntries((request.tables ?? []).map((t) => [t.key, t.addresses.map((a) => address(a))]));
  const compressed = request.tables ? compressTransactionMessageUsingAddressLookupTables(message, tables) : message;
  const compiled = inOrderOfFirstUse(compileTransactionMessage(compressed), message, request.tables ?? []);
  const signatures = Object.fromEntries(
    compiled.staticAccounts.slice(0, compiled.header.numSignerAccounts).map((a) => [a, null]));
  const messageBytes = getCompiledTransactionMessageEncoder().encode(compiled);
  return getBase64Decoder().decode(getTransactionEncoder().encode({ messageBytes, signatures }));
}

// Within a class of accounts the network does not care for the order. kit sorts by a locale's collation of base58,
// we keep the order of first use: the same accounts, counts, lookups and instructions, renumbered.
function inOrderOfFirstUse(compiled, message, tables) {
  const { staticAccounts, header } = compiled;
  const used = new Map([[message.feePayer.address, 0]]);
  for (const instruction of message.instructions) {
    for (const key of [instruction.programAddress, ...(instruction.accounts ?? []).map((a) => a.address)]) {
      if (!used.has(key)) used.set(key, used.size);
    }
  }

  const byUse = (a, b) => used.get(a) - used.get(b);
  const bounds = [0, header.numSignerAccounts - header.numReadonlySignerAccounts, header.numSignerAccounts,
    staticAccounts.length - header.numReadonlyNonSignerAccounts, staticAccounts.length];
  const sorted = bounds.slice(1).flatMap((end, i) => staticAccounts.slice(bounds[i], end).sort(byUse));

  const lookups = compiled.addressTableLookups ?? [];
  const keyAt = (lookup, index) => tables.find((t) => t.key === lookup.lookupTableAddress).addresses[index];
  const loaded = (list) => ['writableIndexes', 'readonlyIndexes'].flatMap((side) => list.flatMap((l) => l[side].map((i) => keyAt(l, i))));
  const sortedLookups = tables.flatMap((t) => lookups.filter((l) => l.lookupTableAddress === t.key)).map((l) => {
    const order = (indexes) => [...indexes].sort((a, b) => byUse(keyAt(l, a), keyAt(l, b)));
    return { ...l, writableIndexes: order(l.writableIndexes), readonlyIndexes: order(l.readonlyIndexes) };
  });

  const before = [...staticAccounts, ...loaded(lookups)];
  const after = new Map([...sorted, ...loaded(sortedLookups)].map((key, i) => [key, i]));
  const renumber = (index) => after.get(before[index]);
  return {
    ...compiled,
    staticAccounts: sorted,
    ...(compiled.addressTableLookups ? { addressTableLookups: sortedLookups } : {}),
    instructions: compiled.instructions.map((i) => ({
      ...i,
      programAddressIndex: renumber(i.programAddressIndex),
      ...(i.accountIndices ? { accountIndices: i.accountIndices.map(renumber) } : {}),
    })),
  };
}

const requests = {
  build,
  derive: async (r) => {
    const [key, bump] = await token.findAssociatedTokenPda({ owner: address(r.owner), mint: address(r.mint), tokenProgram: address(r.program) });
    return { key, bump };
  },
  isOnCurve: (r) => !isOffCurveAddress(r.key),
  decodeMint: (r) => describe(token2022.getMintDecoder().decode(Buffer.from(r.data, 'base64'))),
  decodeAccount: (r) => describe(token2022.getTokenDecoder().decode(Buffer.from(r.data, 'base64'))),
};

const describe = (value) => JSON.parse(JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}` : v)));

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  try {
    console.log(JSON.stringify({ result: await requests[request.kind](request) }));
  } catch (error) {
    console.log(JSON.stringify({ error: `${error?.stack ?? error}` }));
  }
}
