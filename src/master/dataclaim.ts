/**
 * Which master has the data folder.
 *
 * Two clusters on one folder would take the journal from each other for ever: no change is lost, and nobody can play. It comes about easily, by starting the same config with another
 * FIREFLY_PORT_OFFSET. Two masters on the same ports meet before, at the ports.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ClusterConfig } from '../config/config';
import { portsInUse } from '../config/listen';
import { makeOwnFile } from '../config/ownfiles';
import { ConfigError } from '../errors';

interface Claim {
  readonly pid: number;
  readonly host: string;
  readonly bind: string;
  readonly rootPort: number;
}

/** @returns what gives it back. @throws ConfigError when the master of another cluster on this machine has it and runs, or it cannot be written */
export async function claimData(config: ClusterConfig): Promise<() => void> {
  const file = join(config.dataDir, 'master');
  const other = read(file);
  if (other && (await runs(other, config)))
    throw new ConfigError([
      `the data folder ${config.dataDir} is in use by another cluster: process ${other.pid}, nodes ${other.bind}:${other.rootPort}; stop that one, or give this one a folder of its own with FIREFLY_DATA_DIR`,
    ]);
  const { bind, rootPort } = config.master;
  const claim: Claim = { pid: process.pid, host: hostname(), bind, rootPort };
  try {
    makeOwnFile(file);
    writeFileSync(file, `${JSON.stringify(claim)}\n`);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ConfigError([`${file} cannot be written (${code}); let this user write there, or set FIREFLY_DATA_DIR`], { cause });
  }
  return () => {
    if (read(file)?.pid === process.pid) rmSync(file, { force: true });
  };
}

/** A process number alone may be somebody else's by now, so its port has to be in use as well. */
async function runs({ pid, host, bind, rootPort }: Claim, config: ClusterConfig): Promise<boolean> {
  if (host !== hostname() || pid === process.pid || !isThere(pid)) return false;
  const master = { ...config.master, bind, rootPort };
  return (await portsInUse({ ...config, master, nodes: {} }, {})).some((line) => line.includes('rootport'));
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** @returns undefined when nobody has it, or what is there is nobody's claim */
function read(file: string): Claim | undefined {
  try {
    const claim = JSON.parse(readFileSync(file, 'utf8')) as Claim;
    return Number.isInteger(claim.pid) && Number.isInteger(claim.rootPort) ? claim : undefined;
  } catch {
    return undefined;
  }
}
