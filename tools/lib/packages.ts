/** Programs of the machine, and Debian's packages for those it lacks. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** @returns the path of a program, also of one in a folder that only root has on its path */
export function findProgram(name: string): string | undefined {
  return [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * Installs packages where this user may; whether it worked shows in what is there afterwards.
 *
 * @returns the command for somebody who may
 */
export function installPackages(packages: readonly string[]): string {
  const command = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (process.getuid?.() === 0 && findProgram('apt-get')) {
    process.stderr.write(`installing ${packages.join(', ')}: ${command}\n`);
    // RUNLEVEL=1: only the programs are wanted, not a server of the machine's own. Where even trying to start one is denied apt-get may fail although all is in place.
    spawnSync('/bin/sh', ['-c', command], {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    });
  }
  return `sudo sh -c '${command}'`;
}
