/**
 * The master: starts the nodes in order, tells them of each other, starts again what dies, and stops all in reverse.
 *
 * It serves no client and holds no data: nodes go on without it.
 */
import { join } from 'node:path';
import type { ClusterConfig } from '../config/config';
import { startOrder } from '../config/order';
import type { Child } from '../distributed/child';
import type { Hello, Welcome } from '../distributed/handshake';
import { PBRoot } from '../distributed/root';
import { ReloadFailed, Replaced, Unauthorized } from '../errors';
import type { Logger } from '../log/log';
import type { Metrics } from '../metrics/metrics';
import { NODE, type NodeInfo, type NodeReport } from '../server/nodewire';
import { Grants } from './grants';
import { LinkMap } from './linkmap';
import { NodeProcess } from './nodeprocess';
import { type ClusterReload, reloadCluster } from './reload';

const VERSION = (require('../../package.json') as { version: string }).version;

/** A node that does not tell its state by then is shown without. */
const REPORT_MS = 1_000;

export interface ClusterOptions {
  readonly config: ClusterConfig;
  readonly secret: string;
  /** The script that runs a node. */
  readonly main: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Gets each line that a node prints. */
  readonly print: (line: string) => void;
}

export class Cluster {
  readonly #config: ClusterConfig;
  readonly #log: Logger;
  readonly #root: PBRoot;
  readonly #grants: Grants;
  readonly #links: LinkMap;
  readonly #nodes: ReadonlyMap<string, NodeProcess>;
  readonly #startedAt = new Date();
  #reloading = false;
  #stopping: Promise<void> | undefined;

  constructor(options: ClusterOptions) {
    const { config, secret, log, metrics } = options;
    this.#config = config;
    this.#log = log;
    this.#grants = new Grants(join(config.dataDir, 'grants.json'));
    this.#links = new LinkMap(config);
    this.#root = new PBRoot({ name: 'master', secret, limits: config.limits, log, metrics, admit: (hello) => this.#admit(hello) });
    this.#root.internal.mapTarget((child: Child, info: NodeInfo) => this.#ready(child, info), NODE.ready);
    this.#root.watch({ linked: (child) => this.#registered(child), lost: (child) => this.#nodes.get(child.name)?.gone() });
    const keep = new Set([config.writer, ...Object.values(config.nodes).flatMap((node) => node.roots.map((root) => root.name))]);
    this.#nodes = new Map(
      Object.values(config.nodes).map((node) => [
        node.name,
        new NodeProcess({ ...options, cluster: config, node, mayGiveUp: !keep.has(node.name) }),
      ]),
    );
  }

  /** Opens the port that nodes register at. */
  async listen(): Promise<void> {
    await this.#root.listen(this.#config.master.rootPort, this.#config.master.bind);
  }

  /** Starts every node, each tier when the one before is ready. @returns the names of nodes that did not get ready in time */
  async startNodes(): Promise<string[]> {
    const late: string[] = [];
    for (const tier of startOrder(this.#config)) {
      const nodes = tier.flatMap((name) => this.#nodes.get(name) ?? []);
      for (const node of nodes) if (!this.#stopping && node.pid === undefined) node.spawn();
      const ready = await Promise.all(
        nodes.map((node) => node.waitFor((it) => it.state === 'ready' || it.state === 'failed', node.node.supervise.readyMs)),
      );
      late.push(...nodes.filter((node, index) => !ready[index] || node.state !== 'ready').map((node) => node.node.name));
      if (this.#stopping) break;
    }
    return late;
  }

  /** Stops every node in the reverse of the start order, then the master's own port. Settles when no process of ours is left. */
  stop(reason: string): Promise<void> {
    this.#stopping ??= this.#stop(reason);
    return this.#stopping;
  }

  /** Ends at once whatever is left. */
  kill(): void {
    for (const node of this.#nodes.values()) node.kill('SIGKILL');
  }

  /** Lets all nodes load their modules afresh; all or none. @throws ReloadFailed when it cannot be tried now */
  async reload(): Promise<ClusterReload> {
    if (this.#reloading) throw new ReloadFailed('a reload is under way; try again when it has ended');
    const unsettled = [...this.#nodes.values()].filter(({ state }) => state === 'starting' || state === 'stopping');
    if (unsettled.length > 0)
      throw new ReloadFailed(`${unsettled.map(({ node, state }) => `${node.name} is ${state}`).join(', ')}; try again then`);
    this.#reloading = true;
    try {
      return await reloadCluster([...this.#nodes.keys()].flatMap((name) => this.#root.childsmanager.getChildByName(name) ?? []));
    } finally {
      this.#reloading = false;
    }
  }

  /** What `GET /status` answers. */
  async status() {
    const nodes = await Promise.all([...this.#nodes].map(async ([name, process]) => [name, await this.#statusOf(name, process)] as const));
    return { cluster: { version: VERSION, startedAt: this.#startedAt.toISOString() }, nodes: Object.fromEntries(nodes) };
  }

  #admit(hello: Hello): Welcome {
    const node = this.#config.nodes[hello.name];
    if (!node) throw new Unauthorized(`the config has no node ${hello.name}`);
    const known = this.#grants.epochOf(hello.name);
    if (hello.epoch === 0) {
      const info = node.netPort === undefined && node.wsPort === undefined ? {} : { dynamicIds: this.#grants.nextRange() };
      return { epoch: this.#grants.nextEpoch(hello.name), info };
    }
    if (hello.epoch < known) throw new Replaced(`a newer process has the name ${hello.name} (epoch ${known}, this one has ${hello.epoch})`);
    this.#grants.seen(hello.name, hello.epoch);
    return { epoch: hello.epoch, info: {} };
  }

  #registered(child: Child): void {
    const info = child.info as unknown as NodeInfo;
    this.#nodes.get(child.name)?.registered(info.pid);
    this.#links.tell(child);
    if (info.ready) this.#ready(child, info);
  }

  #ready(child: Child, info: NodeInfo): void {
    this.#nodes.get(child.name)?.ready(info.pid);
    this.#links.announce(child, info, this.#children());
  }

  #children(): Child[] {
    return this.#root.childsmanager.names().flatMap((name) => this.#root.childsmanager.getChildByName(name) ?? []);
  }

  async #stop(reason: string): Promise<void> {
    this.#log.info({ reason }, 'stopping the cluster');
    for (const tier of startOrder(this.#config).reverse()) {
      await Promise.all(tier.flatMap((name) => this.#nodes.get(name) ?? []).map((node) => this.#stopNode(node)));
    }
    await this.#root.close('the master stops');
  }

  async #stopNode(node: NodeProcess): Promise<void> {
    const { name, supervise } = node.node;
    const child = this.#root.childsmanager.getChildByName(name);
    node.stopping();
    if (child) {
      child
        .call(NODE.stop, [], { timeoutMs: supervise.shutdownMs })
        .catch((error: unknown) => this.#log.debug({ error, name }, 'no answer to the stop'));
    } else {
      node.kill('SIGTERM');
    }
    const ended = () => !node.isOurs && !this.#root.childsmanager.getChildByName(name);
    if (await node.waitFor(ended, supervise.shutdownMs)) return;
    this.#log.error({ name, shutdownMs: supervise.shutdownMs }, `${name} did not stop in time and is killed`);
    node.kill('SIGKILL');
    if (!(await node.waitFor(ended, supervise.shutdownMs)))
      this.#log.error({ name }, `${name} was not started here and does not stop; end it by hand`);
  }

  async #statusOf(name: string, process: NodeProcess) {
    const { state, pid, restarts, exits } = process;
    const child = this.#root.childsmanager.getChildByName(name);
    const report = child
      ? ((await child.call(NODE.status, [], { timeoutMs: REPORT_MS }).catch(() => undefined)) as NodeReport | undefined)
      : undefined;
    return {
      state,
      pid: pid ?? null,
      restarts,
      codeVersion: report?.codeVersion ?? null,
      uptimeMs: report?.uptimeMs ?? null,
      memoryRss: report?.memoryRss ?? null,
      children: report?.children ?? [],
      roots: report?.roots ?? [],
      exits,
    };
  }
}
