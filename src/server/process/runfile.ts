/**
 * A file for each node that runs on this machine, written by the node itself: `DATA/run/NAME` says which process it is.
 *
 * A new master learns from it what an earlier one has left running, before those processes have found it.
 */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveToFolder, makeOwnFolder } from '../../config/ownfiles';
import { isRunning, ownId, type ProcessId } from './processid';

export interface RunningNode extends ProcessId {
  /** A master started it; what somebody started by hand is theirs. */
  readonly byMaster: boolean;
}

/** Where what runs on this machine leaves word of itself, for its owner alone. */
export function runFolder(dataDir: string): string {
  return join(dataDir, 'run');
}

/** Says that this process is the node. @returns what takes that back. @throws what the file system throws */
export function writeRunFile(dataDir: string, name: string, byMaster: boolean): () => void {
  const file = fileOf(dataDir, name);
  makeOwnFolder(runFolder(dataDir));
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ ...ownId(), byMaster } satisfies RunningNode), { mode: 0o600 });
  giveToFolder(draft);
  renameSync(draft, file);
  return () => {
    // A newer process of the name may have written its own by now.
    if (read(file)?.pid === process.pid) rmSync(file, { force: true });
  };
}

/** @returns the process of that node which runs on this machine; undefined when none said so, or it has ended */
export function readRunFile(dataDir: string, name: string): RunningNode | undefined {
  const found = read(fileOf(dataDir, name));
  return found && isRunning(found) ? found : undefined;
}

/** @returns nodes that a master started, that run on this machine, and that are none of those */
export function strayNodes(dataDir: string, known: ReadonlySet<string>): { name: string; pid: number }[] {
  let names: string[];
  try {
    names = readdirSync(runFolder(dataDir));
  } catch {
    return [];
  }
  return names
    .filter((name) => !known.has(name))
    .flatMap((name) => {
      const found = readRunFile(dataDir, name);
      return found?.byMaster ? [{ name, pid: found.pid }] : [];
    });
}

function fileOf(dataDir: string, name: string): string {
  return join(runFolder(dataDir), name);
}

function read(file: string): RunningNode | undefined {
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as RunningNode;
    return Number.isInteger(found.pid) ? found : undefined;
  } catch {
    return undefined;
  }
}
