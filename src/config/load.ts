/**
 * Reads a cluster's config file and checks it: Firefly's file as it is, all mistakes in one run.
 *
 * text.ts parses, draft.ts checks each value against schema.ts, build.ts makes the `ClusterConfig`; here the rules for the whole are run over it.
 * It requires zod, so only what reads a file requires this: the master, and a node that is started alone.
 */
import { resolve } from 'node:path';
import { buildConfig } from './build';
import { checkClients } from './clients';
import type { ClusterConfig } from './config';
import { type Draft, readDraft } from './draft';
import { portOffset } from './environment';
import { checkStores } from './links';
import { checkBinds, checkPorts } from './listen';
import { checkModules } from './modules';
import { linkCircles } from './order';
import type { Problems } from './problems';
import { readConfigText } from './text';
import { checkTls } from './tls';

export interface LoadedConfig {
  readonly config: ClusterConfig;
  /** One line each; the cluster starts all the same. */
  readonly warnings: string[];
}

/**
 * @param path the config file; relative to the working directory
 * @param env FIREFLY_PORT_OFFSET, FIREFLY_DATA_DIR, FIREFLY_SECRET and the variables that the file takes passwords from
 * @throws ConfigError with one line for each mistake: file, line, key, what is wrong and the fix
 */
export async function loadConfig(path: string, env: NodeJS.ProcessEnv): Promise<LoadedConfig> {
  const absolute = resolve(path);
  const text = await readConfigText(absolute);
  const { problems } = text;
  const draft = readDraft(text, env);
  const offset = portOffset(env, problems);
  const config = buildConfig(absolute, draft, env, offset, problems);
  checkStores(draft, problems);
  checkPorts(config, offset, problems);
  checkBinds(config, (owner) => bindPath(owner, draft), problems);
  checkTls(config.tls, problems);
  checkCircles(config, problems);
  await checkModules(draft, config.dir, problems);
  await checkClients(draft, config.dir, problems);
  problems.throwIfAny();
  return { config, warnings: problems.warnings };
}

function checkCircles(config: ClusterConfig, problems: Problems): void {
  for (const circle of linkCircles(config.nodes)) {
    const [first = ''] = circle;
    const implied =
      config.writer !== undefined && circle.includes(config.writer)
        ? ` (nodes with db or mem link to ${config.writer} without being told)`
        : '';
    problems.error(['servers', first, 'remoteport'], `goes in a circle: ${circle.join(' -> ')}${implied}; remove one of these links`);
  }
}

/** The key that an address of the master or of a node comes from. */
function bindPath(owner: readonly string[], draft: Draft): readonly string[] {
  const section = owner[0] === 'master' ? draft.master : draft.nodes.get(owner[1] ?? '');
  if (section?.values.bind !== undefined) return [...owner, 'bind'];
  return draft.file.values.bind === undefined ? ['master', 'roothost'] : ['bind'];
}
