/**
 * What an operator looks at: the master asks the nodes for it, and shows itself as the node `master`.
 *
 * A node that does not answer costs a short deadline and is shown without. Changes nothing in a game.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterConfig } from '../../config/config';
import type { Child } from '../../distributed/child';
import { Deadline, NoSuchTarget, PeerDown } from '../../errors';
import type { Level } from '../../log/level';
import type { LogLine } from '../../log/ring';
import { type Family, format, merge } from '../../metrics/exposition';
import type { Metrics } from '../../metrics/metrics';
import { NODE, type NodeInspection } from '../../server/nodewire';
import { hideConfig } from '../../server/watch/hideconfig';
import type { Inspection } from '../../server/watch/inspection';
import type { ProfileFile } from '../../server/watch/profiles';

/** The master's own name among the nodes. */
export const MASTER = 'master';

const ASK_MS = 2_000;
/** Beyond the time that a profile takes itself. */
const GRACE_MS = 5_000;
/** Of a heap snapshot, within the deadline of the web port. */
const HEAP_MS = 25_000;
const AGAIN_MS = 250;

export interface ClusterViewOptions {
  readonly config: ClusterConfig;
  readonly metrics: Metrics;
  readonly inspection: Inspection;
  /** The link of a node, if it has one. */
  readonly childOf: (name: string) => Child | undefined;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  readonly next: number;
}

export class ClusterView {
  readonly #options: ClusterViewOptions;

  constructor(options: ClusterViewOptions) {
    this.#options = options;
  }

  /** Whether there is a node of that name, or it is the master's. */
  has(name: string): boolean {
    return name === MASTER || Object.hasOwn(this.#options.config.nodes, name);
  }

  /** The metrics of all, or of one, as Prometheus reads them. */
  async metrics(only?: string): Promise<string> {
    const names = only === undefined ? [MASTER, ...Object.keys(this.#options.config.nodes)] : [only];
    const sets = await Promise.all(names.map((name) => this.#familiesOf(name)));
    return format(merge(sets));
  }

  /** @throws PeerDown, Deadline */
  async inspect(name: string): Promise<NodeInspection> {
    const { config, inspection } = this.#options;
    if (name !== MASTER) return (await this.#ask(name, NODE.inspect)) as NodeInspection;
    return {
      config: hideConfig({ ...config.master, limits: config.limits }),
      handlers: inspection.handlers(),
      errors: inspection.errors(),
      logLevel: inspection.logLevel,
    };
  }

  /** What the master knows of a node that does not answer. */
  blank(name: string): NodeInspection & { readonly logLevel: string } {
    const { nodes, limits } = this.#options.config;
    return { config: hideConfig({ ...nodes[name], limits }), handlers: [], errors: [], logLevel: '' };
  }

  /** The master as `/status` shows nodes. */
  own() {
    return { state: 'ready', pid: process.pid, ...this.#options.inspection.vitals() };
  }

  /** @throws PeerDown, Deadline */
  async log(name: string, after: number | undefined, lines: number): Promise<LogPage> {
    if (name === MASTER) return this.#options.inspection.ring.read(after, lines);
    return (await this.#ask(name, NODE.log, [after, lines])) as LogPage;
  }

  /** @throws PeerDown, Deadline */
  async setLogLevel(name: string, level: Level): Promise<void> {
    if (name === MASTER) this.#options.inspection.setLogLevel(level);
    else await this.#ask(name, NODE.level, [level]);
  }

  /** @throws PeerDown, Deadline, QueueFull when the node makes one already */
  async profile(name: string, seconds: number): Promise<ProfileFile> {
    if (name === MASTER) return this.#options.inspection.profiles.cpu(seconds);
    return (await this.#ask(name, NODE.profile, [seconds], seconds * 1_000 + GRACE_MS)) as ProfileFile;
  }

  /**
   * A node that stands still for its snapshot may lose its link: it is asked again, and tells then what it wrote.
   *
   * @throws PeerDown, Deadline, QueueFull when the node makes one already
   */
  async heap(name: string): Promise<ProfileFile> {
    const ticket = randomUUID();
    if (name === MASTER) return this.#options.inspection.profiles.heap(ticket);
    const until = performance.now() + HEAP_MS;
    for (let isFirst = true; ; isFirst = false) {
      const left = until - performance.now();
      try {
        return (await this.#ask(name, NODE.heap, [ticket], Math.max(1, left))) as ProfileFile;
      } catch (error) {
        const isSilent = error instanceof PeerDown && (error.maybeExecuted || !isFirst);
        if (!isSilent || left <= 0) throw error;
        await delay(AGAIN_MS);
      }
    }
  }

  async #familiesOf(name: string): Promise<readonly Family[]> {
    const { metrics } = this.#options;
    if (name === MASTER) return [...metrics.families(), up(name, 1)];
    try {
      return [...((await this.#ask(name, NODE.metrics)) as Family[]), up(name, 1)];
    } catch (error) {
      // One that is no node of the framework has none to show.
      return [up(name, error instanceof NoSuchTarget ? 1 : 0)];
    }
  }

  #ask(name: string, target: string, args: readonly unknown[] = [], timeoutMs = ASK_MS): Promise<unknown> {
    const child = this.#options.childOf(name);
    return child ? child.call(target, args, { timeoutMs }) : Promise.reject(new PeerDown(name, false));
  }
}

/** Whether an error says that a node is not there, rather than that it refuses. */
export function isAway(error: unknown): error is PeerDown | Deadline {
  return error instanceof PeerDown || error instanceof Deadline;
}

function up(node: string, value: number): Family {
  return { name: 'firefly_up', help: 'Whether the node answers the master', type: 'gauge', values: [{ labels: { node }, value }] };
}
