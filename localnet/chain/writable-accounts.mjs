const LOOKUP_TABLE_META_BYTES = 56;

/**
 * The keys that a transaction may write, those from address look-up tables included.
 * @param {import('../wire/transaction.mjs').Transaction} transaction
 * @param {import('./virtual-machine.mjs').VirtualMachine} machine
 * @returns {Uint8Array[]}
 */
export function writableAccounts(transaction, machine) {
  const keys = [];
  for (let i = 0; i < transaction.keyCount; i++) {
    if (transaction.isWritable(i)) keys.push(transaction.key(i));
  }
  for (const { tableAt, writableAt, writableCount } of transaction.lookups) {
    keys.push(...tableKeys(transaction, machine, tableAt, writableAt, writableCount));
  }
  return keys;
}

/**
 * The keys loaded from look-up tables in the order in which instructions index them.
 * @param {import('../wire/transaction.mjs').Transaction} transaction
 * @param {import('./virtual-machine.mjs').VirtualMachine} machine
 */
export function loadedAddresses(transaction, machine) {
  const writable = [];
  const readonly = [];
  for (const each of transaction.lookups) {
    writable.push(...tableKeys(transaction, machine, each.tableAt, each.writableAt, each.writableCount));
    readonly.push(...tableKeys(transaction, machine, each.tableAt, each.readonlyAt, each.readonlyCount));
  }
  return { writable, readonly };
}

function tableKeys(transaction, machine, tableAt, indexesAt, count) {
  const data = machine.account(transaction.bytes.subarray(tableAt, tableAt + 32))?.data();
  if (!data) return [];
  const keys = [];
  for (let i = 0; i < count; i++) {
    const at = LOOKUP_TABLE_META_BYTES + 32 * transaction.bytes[indexesAt + i];
    if (at + 32 <= data.length) keys.push(data.subarray(at, at + 32));
  }
  return keys;
}
