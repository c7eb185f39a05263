/** What a reload leaves alone: the framework, and the scripts that begin a process. */
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

const SCRIPTS = ['startmaster.js', 'appmain.js'];

/** The folder of the firefly-ts that the modules of a project find, which may be another than the command's own. */
export function frameworkOf(dir: string): string {
  try {
    return dirname(realpathSync(createRequire(join(dir, 'config')).resolve('firefly-ts/package.json')));
  } catch {
    return join(__dirname, '../../..');
  }
}

/** Whether a file that was built is loaded once by each process. @param dir the project's folder */
export function isLoadedOnce(file: string, dir: string, framework: string): boolean {
  if (!file.endsWith('.js')) return false;
  const isScript = [dir, framework].some((folder) => SCRIPTS.some((name) => file === join(folder, name)));
  return isScript || file.startsWith(join(framework, 'src') + sep);
}
