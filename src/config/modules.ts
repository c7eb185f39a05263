/** `app: "app.gateserver"`: from a module path with dots to the file that a node loads. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Draft } from './draft';
import type { Path, Problems } from './problems';
import { showFile } from './text';

/** @returns the absolute path without extension; Node's `require` finds `.js` and a folder's `index.js` from it */
export function moduleFile(dir: string, modulePath: string): string {
  return join(dir, ...modulePath.split('.'));
}

/** Reports each `app` and `reload` whose file is not there, or is not built. */
export async function checkModules(draft: Draft, dir: string, problems: Problems): Promise<void> {
  for (const node of draft.nodes.values()) {
    for (const key of ['app', 'reload'] as const) {
      const modulePath = node.values[key];
      if (modulePath !== undefined) await checkModule(moduleFile(dir, modulePath), modulePath, [...node.path, key], problems);
    }
  }
}

async function checkModule(file: string, modulePath: string, path: Path, problems: Problems): Promise<void> {
  if ((await isFile(`${file}.js`)) || (await isFile(join(file, 'index.js')))) return;
  for (const source of [`${file}.ts`, join(file, 'index.ts')]) {
    if (!(await isFile(source))) continue;
    problems.error(path, `is ${showFile(source)}, which is not compiled; run: npm run build`);
    return;
  }
  problems.error(
    path,
    `is "${modulePath}", but there is no ${showFile(`${file}.js`)} and no ${showFile(join(file, 'index.js'))}; correct the path or add the file`,
  );
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
