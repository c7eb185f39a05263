/** Reloads as an operator asks for them: one at a time, of all nodes or of one, with what the config says now. */
import type { Child } from '../../distributed/child';
import { ConfigError, ReloadFailed } from '../../errors';
import type { Logger } from '../../log/log';
import type { NodeProcess } from '../nodes/nodeprocess';
import type { GameSection } from './gamesection';
import { type ClusterReload, reloadNodes } from './reload';

/** Of a reload, in the log; the answer has all. */
const MOST_FAILURES = 10;

export interface ReloadsOptions {
  readonly nodes: ReadonlyMap<string, NodeProcess>;
  readonly childOf: (name: string) => Child | undefined;
  readonly game: GameSection;
  readonly log: Logger;
  /** Names in the order in which nodes start. */
  readonly order: readonly string[];
  /** How long each of the two steps of a reload may take. */
  readonly stepMs: number;
}

export class Reloads {
  readonly #options: ReloadsOptions;
  #isBusy = false;

  constructor(options: ReloadsOptions) {
    this.#options = options;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /**
   * Lets nodes load their modules afresh; all or none.
   *
   * @param only the name of one node; all when left out
   * @throws ReloadFailed when it cannot be tried now
   */
  async run(only?: string): Promise<ClusterReload> {
    if (this.#isBusy) throw new ReloadFailed('a reload is under way; try again when it has ended');
    const nodes = this.#ready(only);
    this.#isBusy = true;
    try {
      const outcome = await this.#reload(nodes, only);
      this.#tell(outcome);
      return outcome;
    } finally {
      this.#isBusy = false;
    }
  }

  async #reload(nodes: readonly Child[], only: string | undefined): Promise<ClusterReload> {
    const { game, childOf, stepMs } = this.#options;
    const section = await game.read().catch((error: unknown) => {
      if (error instanceof ConfigError) return error;
      throw error;
    });
    if (section instanceof ConfigError) {
      const message = `the config cannot be used; nothing was changed: ${section.message}`;
      return { ok: false, changed: false, message, nodes: {} };
    }
    const outcome = await reloadNodes(nodes, { game: section.game, stepMs, isLinked: (node) => childOf(node.name) === node });
    const out = only === undefined ? this.#leftOut() : undefined;
    const message = outcome.ok && only !== undefined ? `${only} runs the new code` : outcome.message;
    const waits = outcome.ok ? this.#waits(outcome.nodes) : [];
    return { ...outcome, message: [message, section.note, out, ...waits].filter((part) => part !== undefined).join('; ') };
  }

  /** Whoever looks for it at night finds in the log what the answer said. */
  #tell({ ok, message, nodes }: ClusterReload): void {
    const { log } = this.#options;
    if (ok) log.info({ event: 'reload' }, `reload: ${message}`);
    else log.error({ event: 'reload', failures: failuresOf(nodes) }, `reload: ${message}`);
  }

  /** The nodes to reload. @throws ReloadFailed when one of them is not to be had */
  #ready(only: string | undefined): Child[] {
    const { nodes, childOf } = this.#options;
    const wanted = [...nodes.values()].filter(({ node }) => only === undefined || node.name === only);
    const unsettled = wanted.filter(
      ({ state }) => state === 'starting' || state === 'stopping' || (only !== undefined && state !== 'ready'),
    );
    if (unsettled.length > 0)
      throw new ReloadFailed(`${unsettled.map(({ node, state }) => `${node.name} ${describe(state)}`).join(', ')}; try again then`);
    const ready = wanted.filter(({ state }) => state === 'ready');
    const silent = ready.filter(({ node }) => childOf(node.name) === undefined);
    if (silent.length > 0) throw new ReloadFailed(`${silent.map(({ node }) => node.name).join(', ')} cannot be reached; try again later`);
    return ready.flatMap(({ node }) => childOf(node.name) ?? []);
  }

  /** What the new code asks of the start of a node, in the order in which to restart them. */
  #waits(nodes: ClusterReload['nodes']): string[] {
    return this.#options.order.flatMap((name) => {
      const waits = nodes[name]?.waits ?? [];
      if (waits.length === 0) return [];
      return `${waits.join(', ')} ${waits.length === 1 ? 'runs' : 'run'} when ${name} restarts: npx firefly restart ${name}`;
    });
  }

  /** Nodes that took no part, for a person. */
  #leftOut(): string | undefined {
    const out = [...this.#options.nodes.values()].filter(({ state }) => state !== 'ready');
    if (out.length === 0) return undefined;
    return `without ${out.map(({ node }) => node.name).join(', ')}, which the master does not see: a node loads the new code when it starts, one that runs all the same needs another reload`;
  }
}

/** The same mistake is found by each node that loads the module: one line for all of them. */
function failuresOf(nodes: ClusterReload['nodes']): string[] {
  const places = new Map<string, string[]>();
  for (const [name, { failures = [] }] of Object.entries(nodes)) {
    for (const { file, line, message } of failures) {
      const what = file === '' ? message : `${file}:${line} ${message}`;
      places.set(what, [...(places.get(what) ?? []), name]);
    }
  }
  return [...places].slice(0, MOST_FAILURES).map(([what, names]) => `${names.join(', ')}: ${what}`);
}

function describe(state: NodeProcess['state']): string {
  return state === 'exited' || state === 'failed' ? 'does not run' : `is ${state}`;
}
