import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Another process writes this ledger. */
export class LedgerInUseError extends Error {}

/**
 * Makes this process the only writer of a directory, until it ends in whatever way.
 * @param {string} directory
 * @returns {() => void} releases it
 */
export function lock(directory) {
  const path = join(directory, 'lock');
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(read(path));
    if (holder !== process.pid && isLocalnet(holder)) {
      throw new LedgerInUseError(`the ledger ${directory} is in use by process ${holder}; stop it or choose another directory`);
    }
    rmSync(path, { force: true });
  }
}

function isLocalnet(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  // The number may have been given to another program since.
  const command = read(`/proc/${pid}/cmdline`);
  return command === null || command.includes('main.mjs');
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
