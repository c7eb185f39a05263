/** Compiles a project as its owner does, types and all: what a page shows must be right as it stands. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '../helpers/project';
import { ROOT } from './page';

export function compile(project: Project): void {
  project.edit('tsconfig.json', readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'));
  const types = ['--typeRoots', join(ROOT, 'node_modules/@types')];
  try {
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project.dir, ...types], { encoding: 'utf8' });
  } catch (error) {
    assert.fail((error as { stdout: string }).stdout);
  }
}
