import { RecordType } from './records.mjs';

const RECORD_BYTES = 512 * 1024;
const HEAD_BYTES = 2;
const FIXED_BYTES = 32 + 8 + 32 + 1 + 4;
const FIRST = 1;

/**
 * Accounts as they are, packed into records: what was executed before them need not be executed
 * again. They count only once a record that commits them follows.
 * @param {Iterable<string>} keys as latin1
 * @param {import('../chain/virtual-machine.mjs').VirtualMachine} machine
 * @returns {Generator<Buffer>}
 */
export function* imageRecords(keys, machine) {
  let record = start(FIRST);
  let used = HEAD_BYTES;
  for (const name of keys) {
    const account = machine.account(Buffer.from(name, 'latin1'));
    const data = account?.data();
    const size = FIXED_BYTES + (data?.length ?? 0);
    if (used > HEAD_BYTES && used + size > record.length) {
      yield record.subarray(0, used);
      record = start(0, size);
      used = HEAD_BYTES;
    } else if (used + size > record.length) {
      record = start(FIRST, size);
    }
    used = write(record, used, name, account, data);
  }
  yield record.subarray(0, used);
}

/** @param {Buffer} record whether it begins a checkpoint's images, so that those before it came to nothing */
export function isFirst(record) {
  return (record[1] & FIRST) !== 0;
}

/**
 * @param {Buffer} record
 * @param {import('../chain/chain.mjs').Chain} chain
 */
export function applyImages(record, chain) {
  for (let at = HEAD_BYTES; at < record.length; ) {
    const lamports = record.readBigUInt64LE(at + 32);
    const length = record.readUInt32LE(at + 73);
    const key = record.subarray(at, at + 32);
    const data = record.subarray(at + FIXED_BYTES, at + FIXED_BYTES + length);
    chain.restoreAccount(key, { lamports, owner: record.subarray(at + 40, at + 72), executable: record[at + 72] === 1, data });
    at += FIXED_BYTES + length;
  }
}

function start(flags, atLeast = 0) {
  const record = Buffer.allocUnsafe(Math.max(RECORD_BYTES, HEAD_BYTES + atLeast));
  record[0] = RecordType.IMAGES;
  record[1] = flags;
  return record;
}

// An account that is gone is one without lamports: the machine forgets it.
function write(record, at, name, account, data) {
  record.latin1Write(name, at);
  record.writeBigUInt64LE(account?.lamports() ?? 0n, at + 32);
  if (account) record.set(account.owner(), at + 40);
  else record.fill(0, at + 40, at + 72);
  record[at + 72] = account?.executable() ? 1 : 0;
  record.writeUInt32LE(data?.length ?? 0, at + 73);
  if (data) record.set(data, at + FIXED_BYTES);
  return at + FIXED_BYTES + (data?.length ?? 0);
}
