/** Which process has claimed a journal last, and whether it still has it open: for those who would change the folder's files. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { parseClaim } from './epoch';

export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Undefined when that cannot be told: it is another machine's process. */
  readonly runs: boolean | undefined;
}

/** @returns undefined when nobody has claimed it */
export function holderOf(folder: string): Holder | undefined {
  const claims = namesIn(folder).flatMap((name) => parseClaim(name) ?? []);
  if (claims.length === 0) return undefined;
  const { pid, host } = JSON.parse(readFileSync(join(folder, `writer-epoch.${Math.max(...claims)}`), 'utf8')) as Omit<Holder, 'runs'>;
  return { pid, host, runs: host === hostname() ? hasOpen(pid, folder) : undefined };
}

/** A process number may be another's by now, so where the system tells what a process has open, that decides. */
function hasOpen(pid: number, folder: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    const files = `/proc/${pid}/fd`;
    return readdirSync(files).some((fd) => targetOf(join(files, fd)).startsWith(`${resolve(folder)}/`));
  } catch {
    return true;
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return ''; // closed meanwhile
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
