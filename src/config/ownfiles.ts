/**
 * Files and folders that a cluster makes: for their owner alone, whatever the umask, since they hold players' data and secrets.
 *
 * What root makes belongs to whoever has the folder that it lies in: a command typed as root must not leave files that the cluster's user cannot open. What
 * is there already keeps its mode and its owner.
 */
import { closeSync, fchownSync, lchownSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const FILE = 0o600;
const FOLDER = 0o700;

/** Makes it and those above it. @returns the first that was made, undefined when all were there. @throws what the file system throws */
export function makeOwnFolder(folder: string): string | undefined {
  const first = mkdirSync(folder, { recursive: true, mode: FOLDER });
  if (first !== undefined) for (const made of madeFolders(first, folder).reverse()) giveToFolder(made);
  return first;
}

/** Makes an empty file, unless one is there. @throws what the file system throws */
export function makeOwnFile(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'ax', FILE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  try {
    giveToFolder(path, file);
  } finally {
    closeSync(file);
  }
}

/**
 * Gives what root has just made to the owner of the folder it lies in; does nothing for anybody else, nor where root may not (a folder that a container or
 * a file server maps).
 *
 * @param file the open file, where there is one: then whatever is put in its place meanwhile is left alone
 */
export function giveToFolder(path: string, file?: number): void {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = statSync(dirname(path));
  if (uid === 0) return;
  try {
    if (file === undefined) lchownSync(path, uid, gid);
    else fchownSync(file, uid, gid);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EPERM', 'EINVAL', 'ENOSYS'].includes(code)) throw error;
  }
}

/** From the bottom to the top. @param first of those that were made, as `mkdir` says it */
export function madeFolders(first: string, last: string): string[] {
  const made = [last];
  for (let folder = last; folder.length > first.length; folder = dirname(folder)) made.push(dirname(folder));
  return made;
}
