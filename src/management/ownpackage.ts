/** The firefly-ts that this command belongs to, and how a new project comes by it. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CommandFailed, Exit } from './masterclient';
import { runNpm } from './npm';

export const OWN_PACKAGE = join(__dirname, '../..');

interface Manifest {
  readonly name: string;
  readonly version: string;
}

/**
 * What goes into the project's package.json.
 *
 * A version, when this package came from a registry. Else (a tarball, a clone) it is packed into the project's folder `vendor`, so that the
 * project is complete: it can be moved, committed and built on another machine.
 */
export function frameworkDependency(project: string, print: (line: string) => void): string {
  const { name, version } = JSON.parse(readFileSync(join(OWN_PACKAGE, 'package.json'), 'utf8')) as Manifest;
  if (isFromRegistry(name)) return `^${version}`;
  print(`packing ${name} ${version} into vendor/`);
  const vendor = join(project, 'vendor');
  mkdirSync(vendor, { recursive: true });
  // A clone builds what it packs; an installed package is packed as it is.
  const scripts = existsSync(join(OWN_PACKAGE, 'src/index.ts')) ? [] : ['--ignore-scripts'];
  const { ok, output } = runNpm(['pack', OWN_PACKAGE, '--pack-destination', vendor, ...scripts], project);
  const [tarball] = readdirSync(vendor).filter((file) => file.endsWith('.tgz'));
  if (!ok || !tarball)
    throw new CommandFailed(`${name} cannot be packed for the project: ${output.trim().split('\n').slice(-3).join(' ')}`, Exit.refused);
  return `file:vendor/${tarball}`;
}

/** npm notes beside the packages that it installed where each came from. */
function isFromRegistry(name: string): boolean {
  const folder = dirname(OWN_PACKAGE);
  const notes = join(folder, '.package-lock.json');
  if (basename(folder) !== 'node_modules' || !existsSync(notes)) return false;
  const { packages = {} } = JSON.parse(readFileSync(notes, 'utf8')) as { packages?: Record<string, { resolved?: string }> };
  return /^https?:/.test(packages[`node_modules/${name}`]?.resolved ?? '');
}
