/**
 * `firefly dev`: the cluster of a project under work. Builds on save, reloads when the build is clean, and says what is wrong when it is not;
 * the code that ran before serves on meanwhile.
 *
 * Three parts that know nothing of each other: the compiler, the watch over the other files, and the cluster. Here is what one means for the others.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { ClusterConfig } from '../../config/config';
import { loadConfig } from '../../config/load';
import { showFile } from '../../config/text';
import { ConfigError } from '../../errors';
import { MasterClient, masterOf } from '../masterclient';
import { BuildTeller } from './buildteller';
import { type Build, type BuildError, Compiler } from './compiler';
import { DevCluster } from './devcluster';
import { FileWatch } from './filewatch';
import { frameworkOf, isLoadedOnce } from './framework';
import { reload } from './reloading';

export interface DevOptions {
  /** Absolute. */
  readonly configPath: string;
  readonly env: NodeJS.ProcessEnv;
  readonly print: (line: string) => void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs until the cluster has ended. @returns the exit code of the cluster. @throws ConfigError when there is no config, StartFailed when the project cannot be built at all */
export async function runDev(options: DevOptions): Promise<number> {
  const { configPath } = options;
  if (!existsSync(configPath)) throw new ConfigError([`${showFile(configPath)} does not exist; name the config with --config PATH`]);
  const dev = new Dev(options);
  const end = () => dev.end();
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    return await dev.run();
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
  }
}

class Dev {
  readonly #options: DevOptions;
  readonly #dir: string;
  /** The folder of the framework that the project has. */
  readonly #framework: string;
  readonly #isTypeScript: boolean;
  readonly #cluster: DevCluster;
  readonly #watches: FileWatch[] = [];
  /** There once the config is read. */
  #client: MasterClient | undefined;
  #teller: BuildTeller | undefined;
  #errors: readonly BuildError[] = [];
  /** Something that is not started or loaded yet. */
  #isWanted = false;
  #working: Promise<void> | undefined;
  #isOver = false;

  constructor(options: DevOptions) {
    this.#options = options;
    this.#dir = dirname(options.configPath);
    this.#framework = frameworkOf(this.#dir);
    this.#isTypeScript = existsSync(join(this.#dir, 'tsconfig.json'));
    this.#cluster = new DevCluster(join(this.#framework, 'startmaster.js'), options.configPath);
  }

  async run(): Promise<number> {
    const { configPath, print } = this.#options;
    const compiler = this.#isTypeScript ? new Compiler(this.#dir, (build) => this.#built(build)) : undefined;
    this.#watch({ folders: [], files: [configPath] });
    if (compiler) print('building');
    else this.#catchUp();
    try {
      const compilerEnd = compiler?.exited.then((code) => ({ code, of: 'compiler' as const }));
      const clusterEnd = this.#cluster.exited.then((code) => ({ code, of: 'cluster' as const }));
      const first = await Promise.race(compilerEnd ? [compilerEnd, clusterEnd] : [clusterEnd]);
      if (first.of === 'cluster') return first.code;
      print(`the compiler has ended (${first.code}); the cluster is stopped`);
      this.end();
      await this.#cluster.exited;
      return 1;
    } finally {
      this.#isOver = true;
      await Promise.all([compiler?.stop(), ...this.#watches.map((watch) => watch.stop()), this.#teller?.stop(), this.#working]);
    }
  }

  /** As Ctrl-C in the cluster's own terminal: in order the first time, at once the second. */
  end(): void {
    this.#isOver = true;
    this.#cluster.end();
  }

  #built({ errors, written }: Build): void {
    if (this.#isOver) return;
    const { print } = this.#options;
    this.#errors = errors;
    this.#teller?.tell({ ok: errors.length === 0, errors });
    if (errors.length > 0) {
      for (const { file, line, message } of errors) print(file === '' ? message : `${showFile(file)}:${line}: ${message}`);
      const what = errors.length === 1 ? '1 error' : `${errors.length} errors`;
      print(this.#cluster.isStarted ? `${what}; the code of before runs on` : `${what}; the cluster is started when they are mended`);
      return;
    }
    const once = this.#cluster.isStarted ? written.filter((file) => isLoadedOnce(file, this.#dir, this.#framework)) : [];
    const [first, ...more] = once;
    // What depends on a changed file is written anew, too.
    const others = more.length > 0 ? ` and ${more.length} more` : '';
    if (first) print(`${showSource(first)}${others}: not to be reloaded; a restart is needed (Ctrl-C, and start again)`);
    this.#catchUp();
  }

  #changed(files: readonly string[]): void {
    if (this.#isOver) return;
    this.#options.print(`changed: ${files.map(showFile).join(', ')}`);
    if (this.#errors.length === 0) this.#catchUp();
  }

  /** Starts the cluster, or reloads it; what comes meanwhile is one more reload at the end. */
  #catchUp(): void {
    this.#isWanted = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  async #work(): Promise<void> {
    while (this.#isWanted && !this.#isOver && this.#errors.length === 0) {
      this.#isWanted = false;
      if (!this.#client) await this.#start();
      else for (const line of await reload(this.#client, () => this.#isOver)) this.#options.print(line);
    }
  }

  async #start(): Promise<void> {
    const { configPath, env, print } = this.#options;
    try {
      const { config } = await loadConfig(configPath, env);
      if (this.#isOver) return;
      // Its own cluster, whatever cluster the environment names for other commands.
      const master = masterOf(config, {});
      this.#client = new MasterClient(master);
      this.#teller = new BuildTeller(master);
      this.#teller.tell({ ok: true, errors: [] });
      this.#watch({ folders: foldersOf(config), files: [] });
      this.#cluster.start();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      print(`${error.message}\nthe cluster is started when that is mended`);
    }
  }

  #watch(places: { folders: readonly string[]; files: readonly string[] }): void {
    const wants = (file: string) => !file.endsWith('.map') && !(this.#isTypeScript && /\.([cm]?[jt]s|tsx)$/.test(file));
    this.#watches.push(new FileWatch({ ...places, wants, changed: (files) => this.#changed(files) }));
  }
}

/** The folders of the game's modules, none of them inside another. */
function foldersOf({ nodes, dir }: ClusterConfig): string[] {
  const modules = Object.values(nodes).flatMap(({ app, reload: part }) => [app, part].filter((module) => module !== undefined));
  const folders = [...new Set(modules.map((module) => resolve(dir, dirname(module))))];
  return folders.filter((folder) => !folders.some((other) => folder !== other && folder.startsWith(other + sep)));
}

/** A written file by the name of its source. */
function showSource(file: string): string {
  return showFile(file.replace(/\.js$/, '.ts'));
}
