/**
 * What an operator's command needs to know of a config, where the rest of it need not be right.
 *
 * Who stops a cluster at night has no password of its database in the shell, may be in the middle of an edit, and may have nothing built.
 */
import { dirname, resolve } from 'node:path';
import { buildConfig } from './build';
import type { MasterConfig } from './config';
import { readDraft } from './draft';
import { dataFolder, portOffset } from './environment';
import { readConfigText } from './text';

/** Where the master of the cluster is. @throws ConfigError when the file cannot be read, or its section `master` has a mistake */
export async function readMaster(path: string, env: NodeJS.ProcessEnv): Promise<MasterConfig> {
  const absolute = resolve(path);
  const text = await readConfigText(absolute);
  const { problems } = text;
  const draft = readDraft(text, env);
  const { master } = buildConfig(absolute, draft, env, portOffset(env, problems), problems);
  problems.throwIfAny('master');
  return master;
}

/** Where the cluster keeps its files. @throws ConfigError when the file cannot be read */
export async function readDataFolder(path: string, env: NodeJS.ProcessEnv): Promise<string> {
  const absolute = resolve(path);
  await readConfigText(absolute);
  return dataFolder(env, dirname(absolute));
}
