/** The folder where a cluster keeps its files: the secret, what was granted, the embedded database. */
import { mkdirSync } from 'node:fs';
import { ConfigError } from '../errors';
import type { ClusterConfig } from './config';

/**
 * Makes it, for its owner alone: whoever reads it reads every player's data. One that is there keeps its mode.
 *
 * Before anything else is written, since a log file may lie in it.
 *
 * @throws ConfigError when it cannot be made
 */
export function makeDataFolder({ dataDir }: Pick<ClusterConfig, 'dataDir'>): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ConfigError([`${dataDir} cannot be made (${code}); let this user write there, or set FIREFLY_DATA_DIR`], { cause });
  }
}
