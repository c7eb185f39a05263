/** The file in the data folder that says which master has it: written by the master, read by the next one, and by who looks for a master that says nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Claim {
  readonly pid: number;
  /** Name of the machine that it runs on. */
  readonly host: string;
  readonly bind: string;
  readonly rootPort: number;
}

export function claimFile(dataDir: string): string {
  return join(dataDir, 'master');
}

/** @returns undefined when nobody has it, or what is there is nobody's claim */
export function readClaim(dataDir: string): Claim | undefined {
  try {
    const claim = JSON.parse(readFileSync(claimFile(dataDir), 'utf8')) as Claim;
    return Number.isInteger(claim.pid) && Number.isInteger(claim.rootPort) ? claim : undefined;
  } catch {
    return undefined;
  }
}
