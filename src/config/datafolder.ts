/** The folder where a cluster keeps its files: the secret, what was granted, the embedded database. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '../errors';
import type { ClusterConfig } from './config';
import { madeFolders, makeOwnFolder } from './ownfiles';

/**
 * Makes it, for its owner alone: whoever reads it reads every player's data. One that is there keeps its mode.
 *
 * Before anything else is written, since a log file may lie in it.
 *
 * @throws ConfigError when it cannot be made
 */
export function makeDataFolder({ dataDir }: Pick<ClusterConfig, 'dataDir'>): void {
  try {
    const first = makeOwnFolder(dataDir);
    // A power cut must not take the folder with everything that was synced in it: each new name lies in the folder above.
    if (first !== undefined) for (const made of madeFolders(first, dataDir)) syncFolder(dirname(made));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ConfigError([`${dataDir} cannot be made (${code}); let this user write there, or set FIREFLY_DATA_DIR`], { cause });
  }
}

/** Makes the names in a folder survive a power cut. Blocks until the disk has them. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
