/**
 * Which master has the data folder.
 *
 * Two clusters on one folder would take the journal from each other for ever: no change is lost, and nobody can play. It comes about easily, by starting the same config with another
 * FIREFLY_PORT_OFFSET. Two masters on the same ports meet before, at the ports.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type Claim, claimFile, isThere, readClaim } from '../config/claim';
import type { ClusterConfig } from '../config/config';
import { portsInUse } from '../config/listen';
import { ConfigError } from '../errors';

/** @returns what gives it back. @throws ConfigError when the master of another cluster on this machine has it and runs, or it cannot be written */
export async function claimData(config: ClusterConfig): Promise<() => void> {
  const file = claimFile(config.dataDir);
  const other = readClaim(config.dataDir);
  if (other && (await runs(other, config)))
    throw new ConfigError([
      `the data folder ${config.dataDir} is in use by another cluster: process ${other.pid}, nodes ${other.bind}:${other.rootPort}; stop that one, or give this one a folder of its own with FIREFLY_DATA_DIR`,
    ]);
  const { bind, rootPort } = config.master;
  const claim: Claim = { pid: process.pid, host: hostname(), bind, rootPort };
  try {
    writeFileSync(file, `${JSON.stringify(claim)}\n`, { mode: 0o600 });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ConfigError([`${file} cannot be written (${code}); let this user write there, or set FIREFLY_DATA_DIR`], { cause });
  }
  return () => {
    if (readClaim(config.dataDir)?.pid === process.pid) rmSync(file, { force: true });
  };
}

async function runs(claim: Claim, config: ClusterConfig): Promise<boolean> {
  if (claim.pid === process.pid || !isThere(claim)) return false;
  const master = { ...config.master, bind: claim.bind, rootPort: claim.rootPort };
  return (await portsInUse({ ...config, master, nodes: {} }, {})).some((line) => line.includes('rootport'));
}
