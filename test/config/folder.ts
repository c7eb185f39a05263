/** A folder with a config file in it, and a module for each `app` and `reload` that the file names. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ClusterConfig } from '../../src/config/config';
import { type LoadedConfig, loadConfig } from '../../src/config/load';
import { ConfigError } from '../../src/errors';

export interface ConfigFolder extends AsyncDisposable {
  readonly dir: string;
  readonly path: string;
}

/** @param content the file's text, or what becomes it @param files paths in the folder; `.js` of each module that the text names when left out */
export async function configFolder(content: unknown, files?: readonly string[]): Promise<ConfigFolder> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'firefly-config-')));
  const text = typeof content === 'string' ? content : JSON.stringify(content, undefined, 2);
  await writeFile(join(dir, 'config.json'), text);
  const named = [...text.matchAll(/"(?:app|reload)":\s*"([\w.$-]+)"/g)].map((match) => `${(match[1] ?? '').replaceAll('.', '/')}.js`);
  for (const file of files ?? named) {
    await mkdir(dirname(join(dir, file)), { recursive: true });
    await writeFile(join(dir, file), '');
  }
  return { dir, path: join(dir, 'config.json'), [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

/** Loads a config that has no mistake. */
export async function load(content: unknown, env: NodeJS.ProcessEnv = {}): Promise<LoadedConfig> {
  await using folder = await configFolder(content);
  return await loadConfig(folder.path, env);
}

export async function loadCluster(content: unknown, env: NodeJS.ProcessEnv = {}): Promise<ClusterConfig> {
  return (await load(content, env)).config;
}

/** Loads a config with mistakes. @returns a line for each, the file's folder cut off */
export async function problemsOf(content: unknown, env: NodeJS.ProcessEnv = {}, files?: readonly string[]): Promise<string[]> {
  await using folder = await configFolder(content, files);
  const error = await loadConfig(folder.path, env).then(
    () => assert.fail('the config was accepted'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ConfigError, String(error));
  for (const line of error.problems) assert.ok(!line.includes('\n'), `more than one line: ${line}`);
  return error.problems.map((line) => line.replaceAll(`${folder.dir}/`, ''));
}

/** The one mistake of a config. */
export async function problemOf(content: unknown, env: NodeJS.ProcessEnv = {}, files?: readonly string[]): Promise<string> {
  const problems = await problemsOf(content, env, files);
  assert.equal(problems.length, 1, problems.join('\n'));
  return problems[0] ?? '';
}

/** The least a config needs, with these sections and nodes over it. */
export function cluster(servers: Record<string, unknown>, sections: Record<string, unknown> = {}): Record<string, unknown> {
  return { master: { rootport: 9999, webport: 9998 }, servers, ...sections };
}
