/**
 * The config's `game` section as the file has it now: a reload takes it along with the code, and so does a node that is started.
 *
 * The rest of the file is for the next start of the cluster.
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type ParseError, parse } from 'jsonc-parser';
import type { ClusterConfig } from '../../config/config';
import { loadConfig } from '../../config/load';
import { showFile } from '../../config/text';

export interface ReadSection {
  readonly game: unknown;
  /** What else has changed in the file since the cluster was started, for a person; undefined when nothing has. */
  readonly note: string | undefined;
}

export class GameSection {
  readonly #config: ClusterConfig;
  readonly #env: NodeJS.ProcessEnv;
  #last: unknown;

  constructor(config: ClusterConfig, env: NodeJS.ProcessEnv) {
    this.#config = config;
    this.#env = env;
    this.#last = config.game;
  }

  /** Reads and checks the whole file. @throws ConfigError: a line for each mistake */
  async read(): Promise<ReadSection> {
    const { config } = await loadConfig(this.#config.path, this.#env);
    this.#last = config.game;
    const changed = changes(this.#config, config);
    const note = `${showFile(config.path)} has also changed in ${changed.join(', ')}: that takes a restart of the cluster`;
    return { game: config.game, note: changed.length === 0 ? undefined : note };
  }

  /** For a node that starts: its code is read from the disk then, so its section is too. A file that cannot be read now leaves the last one that could. */
  forStart(): unknown {
    try {
      const errors: ParseError[] = [];
      const file = parse(readFileSync(this.#config.path, 'utf8').replace(/^\uFEFF/, ''), errors) as { game?: unknown } | undefined;
      if (errors.length === 0 && typeof file === 'object') this.#last = file.game;
    } catch {
      // A reload would say what is wrong with the file; a node that died comes back all the same.
    }
    return this.#last;
  }
}

/** The sections that differ, nodes by name; `game` apart. */
function changes(before: ClusterConfig, now: ClusterConfig): string[] {
  const names = new Set([...Object.keys(before.nodes), ...Object.keys(now.nodes)]);
  const nodes = [...names].filter((name) => !isDeepStrictEqual(before.nodes[name], now.nodes[name]));
  const keys = ['master', 'db', 'mem', 'limits', 'secret', 'tls'] as const;
  const shown = (key: (typeof keys)[number]) => (key === 'mem' ? 'memcached' : key);
  return [...keys.filter((key) => !isDeepStrictEqual(before[key], now[key])).map(shown), ...nodes.map((name) => `servers.${name}`)];
}
