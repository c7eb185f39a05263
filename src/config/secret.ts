/**
 * The cluster's secret: what every node proves to know before it may register or call.
 *
 * Configured, or kept in the data folder, where the first process of a cluster makes it and nodes started by hand find it.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../errors';
import type { ClusterConfig } from './config';
import { giveToFolder, makeOwnFolder } from './ownfiles';

const SECRET_BYTES = 32;
const OTHERS = 0o077;

/**
 * @returns the secret, made and kept on first use; the same one in every process, however many ask at once
 * @throws ConfigError when the file cannot be used: it is empty, others may read it, or the folder cannot be written
 */
export function clusterSecret(config: Pick<ClusterConfig, 'secret' | 'dataDir'>): string {
  if (config.secret !== undefined) return config.secret;
  const file = join(config.dataDir, 'secret');
  try {
    return read(file) ?? make(config.dataDir, file);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ConfigError(
      [`${file} cannot be read or made (${code}); let this user write there, set FIREFLY_DATA_DIR, or set FIREFLY_SECRET`],
      { cause },
    );
  }
}

function read(file: string): string | undefined {
  let opened: number;
  try {
    opened = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    // Windows has no such bits: they are always set there.
    if (process.platform !== 'win32' && fstatSync(opened).mode & OTHERS) {
      throw new ConfigError([
        `${file} can be read by others, so it is no secret; run: chmod 600 ${file} (or delete it, and a new one is made at the next start)`,
      ]);
    }
    const secret = readFileSync(opened, 'utf8').trim();
    if (secret === '') throw new ConfigError([`${file} is empty; delete it, and a new one is made at the next start`]);
    return secret;
  } finally {
    closeSync(opened);
  }
}

/** Writes aside and links into place, so that nobody ever sees half a secret and only the first one counts. */
function make(dir: string, file: string): string {
  makeOwnFolder(dir);
  const aside = `${file}.${process.pid}.${randomBytes(6).toString('hex')}`;
  const opened = openSync(aside, 'wx', 0o600);
  try {
    giveToFolder(aside, opened);
    writeFileSync(opened, `${randomBytes(SECRET_BYTES).toString('hex')}\n`);
    fsyncSync(opened);
    linkUnlessThere(aside, file);
  } finally {
    closeSync(opened);
    rmSync(aside, { force: true });
  }
  const kept = read(file);
  if (kept === undefined) throw new ConfigError([`${file} was deleted while it was made; start again`]);
  return kept;
}

function linkUnlessThere(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
