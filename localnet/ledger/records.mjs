// What the log is made of. A record is a type byte and its fields, integers little-endian.

/** The kinds of records. */
export const RecordType = Object.freeze({ GENESIS: 1, SLOT: 2, TRANSACTION: 3, ACCOUNT: 4, FORK: 5, IMAGES: 6, CHECKPOINT: 7 });

const SURVIVES_FORKS = 1;

/** @param {{ version: number, seed: string }} genesis */
export function genesisRecord(genesis) {
  return Buffer.from(`${String.fromCharCode(RecordType.GENESIS)}${JSON.stringify(genesis)}`);
}

/** @param {number} slot @param {number} unixSeconds */
export function slotRecord(slot, unixSeconds) {
  const record = Buffer.alloc(17);
  record[0] = RecordType.SLOT;
  record.writeBigUInt64LE(BigInt(slot), 1);
  record.writeBigUInt64LE(BigInt(unixSeconds), 9);
  return record;
}

/** @param {import('../chain/journal.mjs').Entry} entry */
export function transactionRecord({ transaction, error, survivesForks }) {
  const reason = error === null ? '' : JSON.stringify(error);
  const head = Buffer.alloc(4 + reason.length);
  head[0] = RecordType.TRANSACTION;
  head[1] = survivesForks ? SURVIVES_FORKS : 0;
  head.writeUInt16LE(reason.length, 2);
  head.latin1Write(reason, 4);
  return Buffer.concat([head, transaction.bytes]);
}

/** @param {import('../chain/journal.mjs').Entry} entry */
export function accountRecord({ keys: [key], written: { lamports, owner, executable, data } }) {
  const head = Buffer.alloc(74);
  head[0] = RecordType.ACCOUNT;
  head.set(key, 1);
  head.writeBigUInt64LE(lamports, 33);
  head.set(owner, 41);
  head[73] = executable ? 1 : 0;
  return Buffer.concat([head, data]);
}

/**
 * @param {{ dropped: number[], changed: [number, string | object | null][], isCheckpoint: boolean }} fork the
 *   sequences that are gone, those whose second execution ended in another way with how, and whether
 *   the images before this record belong to it
 */
export function forkRecord(fork) {
  return Buffer.from(`${String.fromCharCode(RecordType.FORK)}${JSON.stringify(fork)}`);
}

/** Says that the images before it are all that has changed since the last one. */
export function checkpointRecord() {
  return Buffer.from([RecordType.CHECKPOINT]);
}

/** @param {Buffer} record */
export function readJson(record) {
  return JSON.parse(record.toString('utf8', 1));
}

/** @param {Buffer} record */
export function readSlot(record) {
  return { slot: Number(record.readBigUInt64LE(1)), unixSeconds: Number(record.readBigUInt64LE(9)) };
}

/** @param {Buffer} record */
export function readTransaction(record) {
  const length = record.readUInt16LE(2);
  return {
    survivesForks: (record[1] & SURVIVES_FORKS) !== 0,
    error: length === 0 ? null : JSON.parse(record.latin1Slice(4, 4 + length)),
    bytes: record.subarray(4 + length),
  };
}

/** @param {Buffer} record */
export function readAccount(record) {
  return {
    key: record.subarray(1, 33),
    account: {
      lamports: record.readBigUInt64LE(33), owner: record.subarray(41, 73), executable: record[73] === 1, data: record.subarray(74),
    },
  };
}
