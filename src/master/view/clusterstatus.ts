/** What `GET /status` answers: the cluster, and each node as its process is known here and as it tells of itself. */
import type { Child } from '../../distributed/child';
import { NODE, type NodeReport } from '../../server/nodewire';
import type { NodeProcess } from '../nodes/nodeprocess';
import type { Operation } from '../operations/operations';
import type { BuildReport } from '../reload/build';
import { commonVersion, hostOf, numbersOf, stateOf } from './nodestatus';

const VERSION = (require('../../../package.json') as { version: string }).version;

/** A node that does not tell its state by then is shown without. */
const REPORT_MS = 1_000;

export interface ClusterStatusOptions {
  readonly nodes: ReadonlyMap<string, NodeProcess>;
  readonly childOf: (name: string) => Child | undefined;
  readonly isReady: () => boolean;
  /** The newest; null when there was none. */
  readonly operation: () => Operation | null;
  /** The node that is being drained. */
  readonly draining: () => string | undefined;
  /** Why the master's own lines do not get into its log file. */
  readonly logTrouble: () => string | undefined;
}

export class ClusterStatus {
  /** As the development tool tells it; undefined where none is at work. */
  build: BuildReport | undefined;
  readonly #options: ClusterStatusOptions;
  readonly #startedAt = new Date();

  constructor(options: ClusterStatusOptions) {
    this.#options = options;
  }

  async all() {
    const { nodes, isReady, operation, logTrouble } = this.#options;
    const all = await Promise.all([...nodes].map(async ([name, process]) => [name, await this.#of(name, process)] as const));
    const cluster = {
      version: VERSION,
      startedAt: this.#startedAt.toISOString(),
      ready: isReady(),
      codeVersion: commonVersion(all.map(([, { codeVersion }]) => codeVersion)),
      operation: operation(),
      logTrouble: logTrouble() ?? null,
      ...(this.build && { build: this.build }),
    };
    return { cluster, nodes: Object.fromEntries(all) };
  }

  /** One node; nothing when there is none of that name. */
  async of(name: string): Promise<unknown> {
    const process = this.#options.nodes.get(name);
    return process && this.#of(name, process);
  }

  async #of(name: string, process: NodeProcess) {
    const { childOf, draining } = this.#options;
    const { pid, restarts, exits } = process;
    const child = childOf(name);
    const report = child
      ? ((await child.call(NODE.status, [], { timeoutMs: REPORT_MS }).catch(() => undefined)) as NodeReport | undefined)
      : undefined;
    return {
      ...stateOf(process, report),
      pid: pid ?? null,
      restarts,
      codeVersion: report?.codeVersion ?? null,
      host: hostOf(child?.address),
      draining: draining() === name,
      ...numbersOf(report),
      children: report?.children ?? [],
      roots: report?.roots ?? [],
      exits,
    };
  }
}
