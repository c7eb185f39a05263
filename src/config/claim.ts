/** Which master has a data folder: what it wrote there when it started. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

export interface Claim {
  readonly pid: number;
  readonly host: string;
  readonly bind: string;
  readonly rootPort: number;
}

export function claimFile(dataDir: string): string {
  return join(dataDir, 'master');
}

/** @returns undefined when nobody has it, it may not be read, or what is there is nobody's claim */
export function readClaim(dataDir: string): Claim | undefined {
  try {
    const claim = JSON.parse(readFileSync(claimFile(dataDir), 'utf8')) as Claim;
    return Number.isInteger(claim.pid) && Number.isInteger(claim.rootPort) ? claim : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process of that number is on this machine. It may be another one by now, so a port has to be looked at as well. */
export function isThere({ pid, host }: Claim): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
