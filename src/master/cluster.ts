/**
 * The master: starts the nodes in order, tells them of each other, starts again what dies, and stops all in reverse.
 *
 * It serves no client and holds no data: nodes go on without it.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterConfig } from '../config/config';
import { portsInUse } from '../config/listen';
import { startOrder } from '../config/order';
import type { Child } from '../distributed/child';
import { PBRoot } from '../distributed/root';
import type { NodeTls } from '../distributed/tls';
import { OperationRefused, PeerDown, ReloadFailed, StartFailed } from '../errors';
import type { Logger } from '../log/log';
import type { Metrics } from '../metrics/metrics';
import { NODE, type NodeInfo, type RowVerb } from '../server/nodewire';
import { strayNodes } from '../server/process/runfile';
import { admit } from './admission';
import { Grants } from './grants';
import { LinkMap } from './linkmap';
import { NodeProcess } from './nodes/nodeprocess';
import { Stopping } from './nodes/stopping';
import type { Fleet } from './operations/fleet';
import { type Operation, Operations } from './operations/operations';
import { Rolling } from './operations/rolling';
import { turnsOf } from './operations/turns';
import { GameSection } from './reload/gamesection';
import type { ClusterReload } from './reload/reload';
import { Reloads } from './reload/reloads';
import { ClusterStatus } from './view/clusterstatus';
import { nodeMetrics } from './view/nodemetrics';
import { type Readiness, readinessOf } from './view/readiness';

/** Beyond the longest pause between two dials of a node that looks for its master. */
const REGISTER_MS = 1_000;
const POLL_MS = 100;

export interface ClusterOptions {
  readonly config: ClusterConfig;
  readonly secret: string;
  readonly tls?: NodeTls | undefined;
  /** The script that runs a node. */
  readonly main: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Gets each line that a node prints. */
  readonly print: (line: string) => void;
  /** Why the master's own lines do not get into its log file. */
  readonly logTrouble: () => string | undefined;
  /** Ends the master: a node was given up that the cluster must not be without (supervise.onGiveUp). */
  readonly escalate: (reason: string) => void;
}

export class Cluster {
  /** What `GET /status` answers. */
  readonly status: ClusterStatus;
  readonly #config: ClusterConfig;
  readonly #log: Logger;
  readonly #root: PBRoot;
  readonly #links: LinkMap;
  readonly #nodes: ReadonlyMap<string, NodeProcess>;
  /** Nodes that others link to. They are never given up. */
  readonly #needed: ReadonlySet<string>;
  readonly #reloads: Reloads;
  readonly #operations: Operations;
  readonly #fleet: Fleet;
  readonly #rolling: Rolling;
  readonly #endings: Stopping;
  #isStarting = false;
  #stopping: Promise<void> | undefined;

  constructor(options: ClusterOptions) {
    const { config, secret, tls, log, metrics } = options;
    this.#config = config;
    this.#log = log;
    const grants = new Grants(join(config.dataDir, 'grants.json'));
    this.#links = new LinkMap(config);
    this.#root = new PBRoot({
      name: 'master',
      secret,
      tls,
      limits: config.limits,
      log,
      metrics,
      admit: (hello) => admit(hello, config, grants),
    });
    nodeMetrics(metrics, () => this.#nodes);
    this.#root.internal.mapTarget((child: Child, info: NodeInfo) => this.#ready(child, info), NODE.ready);
    this.#root.internal.mapTarget((child: Child, step: string) => this.#nodes.get(child.name)?.isAt(step), NODE.step);
    this.#root.internal.mapTarget((child: Child, excuse: string) => this.#nodes.get(child.name)?.excused(excuse), NODE.excuse);
    this.#root.watch({
      linked: (child) => this.#registered(child),
      lost: (child, reason) => this.#nodes.get(child.name)?.gone((child.info as unknown as NodeInfo).pid, reason),
    });
    this.#needed = new Set([config.writer ?? '', ...Object.values(config.nodes).flatMap((node) => node.roots.map((root) => root.name))]);
    const game = new GameSection(config, process.env);
    this.#nodes = new Map(
      Object.values(config.nodes).map((node) => [
        node.name,
        new NodeProcess({
          ...options,
          cluster: config,
          node,
          game,
          mayGiveUp: !this.#needed.has(node.name),
          gaveUp: (reason) => {
            if (node.supervise.onGiveUp === 'stop') options.escalate(`${node.name} was given up: it ${reason}`);
          },
        }),
      ]),
    );
    const childOf = (name: string) => this.childOf(name);
    this.#endings = new Stopping({ config, childOf, log });
    this.#operations = new Operations(log);
    this.#fleet = {
      config,
      process: (name) => this.#nodes.get(name) as NodeProcess,
      child: childOf,
      askToStop: (name) => this.#endings.askNode(this.#nodes.get(name) as NodeProcess),
    };
    this.#rolling = new Rolling(this.#fleet);
    this.#reloads = new Reloads({
      nodes: this.#nodes,
      childOf,
      game,
      log,
      order: startOrder(config).flat(),
      stepMs: config.limits.rpcDeadlineMs,
    });
    this.status = new ClusterStatus({
      nodes: this.#nodes,
      childOf,
      isReady: () => this.readiness().ready,
      operation: () => this.operation,
      draining: () => this.#rolling.draining,
      logTrouble: options.logTrouble,
    });
  }

  /** The newest operation; null when there was none. */
  get operation(): Operation | null {
    return this.#operations.newest;
  }

  get names(): string[] {
    return [...this.#nodes.keys()];
  }

  /** Restarts a node, or all that run, one after the other. @throws OperationRefused */
  restart(name?: string): Operation {
    this.#mayBegin();
    if (this.#isStarting) throw new OperationRefused('the cluster starts; try again when all its nodes had their turn');
    if (name !== undefined && this.#nodes.get(name)?.pid === undefined) this.#mayStart(name);
    const turns = name === undefined ? turnsOf(this.#fleet) : { names: [name], leftOut: [] };
    if (turns.names.length === 0) throw new OperationRefused(`there is nothing to restart: ${turns.leftOut.join('; ')}`);
    return this.#operations.begin('restart', turns.names, (progress) => this.#rolling.restart(turns, progress));
  }

  /** Lets a node leave when it is empty, or at the deadline; one that was given up is tried no more. @throws OperationRefused */
  drain(name: string, deadlineMs = this.#config.limits.drainMs): Operation {
    if (name === this.#config.writer)
      throw new OperationRefused(`${name} writes for all others and cannot be drained; restart it, or stop the cluster`);
    const { pid, state, isGivenUp } = this.#nodes.get(name) ?? {};
    if (isGivenUp) {
      this.#mayBegin();
      return this.#operations.begin('drain', [name], (progress) => this.#rolling.putAway(name, progress));
    }
    if (pid === undefined) throw new OperationRefused(`${name} does not run: there is nothing to drain`);
    if (state !== 'ready') throw new OperationRefused(`${name} is ${state}; try again when it is ready`);
    this.#mayBegin();
    return this.#operations.begin('drain', [name], (progress) => this.#rolling.drain(name, deadlineMs, progress));
  }

  /** Starts a node that was drained, given up or has ended. @throws OperationRefused */
  start(name: string): Operation {
    this.#mayStart(name);
    this.#mayBegin();
    return this.#operations.begin('start', [name], (progress) => this.#rolling.start(name, progress));
  }

  /** The link of a node, if it has one. */
  childOf(name: string): Child | undefined {
    return this.#root.childsmanager.getChildByName(name);
  }

  /** A node as the master sees it; nothing when there is none of that name. */
  processOf(name: string): NodeProcess | undefined {
    return this.#nodes.get(name);
  }

  /** Whether every node that is needed or wanted is ready. */
  readiness(): Readiness {
    const phase = this.#stopping ? 'the cluster stops' : this.#isStarting ? 'the cluster starts' : undefined;
    return readinessOf(this.#nodes, phase);
  }

  /** Opens the port that nodes register at. */
  async listen(): Promise<void> {
    await this.#root.listen(this.#config.master.rootPort, this.#config.master.bind);
  }

  /** The nodes are somebody else's to start. */
  expectNodes(): void {
    for (const node of this.#nodes.values()) node.expect();
  }

  /** Waits for the nodes that an earlier master left running on this machine: each registers, ends, or is killed at the deadline. */
  async takeBack(): Promise<void> {
    this.#isStarting = true;
    const { limits, dataDir } = this.#config;
    const deadlineMs = limits.redialMaxMs + limits.handshakeMs + REGISTER_MS;
    for (const { name, pid } of strayNodes(dataDir, new Set(this.#nodes.keys()))) {
      this.#log.warn(`${name}, process ${pid}, runs though the config has no such node any more; end it by hand`);
    }
    await Promise.all([...this.#nodes.values()].map((node) => node.takeBack(deadlineMs)));
  }

  /**
   * Looks at the ports of the nodes that are to be started. Nodes that run already, started by hand or by a master that is gone, may hold
   * theirs: they get the time to register.
   *
   * @returns a line for each port that somebody else holds
   */
  async portsTaken(): Promise<string[]> {
    this.#isStarting = true;
    const { limits } = this.#config;
    const waitMs = limits.redialMaxMs + REGISTER_MS;
    const end = performance.now() + waitMs;
    for (let isFirst = true; ; isFirst = false) {
      const missing = [...this.#nodes.values()].filter(({ pid, node }) => pid === undefined && node.supervise.start === 'master');
      const taken = (await Promise.all(missing.map(({ node }) => portsInUse(this.#config, { node: node.name })))).flat();
      if (taken.length === 0 || performance.now() >= end || this.#stopping) return taken;
      if (isFirst) this.#log.warn({ taken }, `ports are in use; waiting ${waitMs} ms for nodes of this cluster that run already`);
      await delay(POLL_MS);
    }
  }

  /** Starts every node, each tier when the one before is ready. @returns those that did not get ready in time */
  async startNodes(): Promise<NodeProcess[]> {
    const late: NodeProcess[] = [];
    this.#isStarting = true;
    for (const tier of startOrder(this.#config)) {
      if (this.#stopping) break;
      const nodes = tier.flatMap((name) => this.#nodes.get(name) ?? []);
      for (const node of nodes) {
        if (node.node.supervise.start === 'hand') node.expect();
        else node.start();
      }
      await Promise.all(
        nodes.map((node) => node.waitFor((it) => it.isSettled || this.#stopping !== undefined, node.node.supervise.readyMs)),
      );
      late.push(...nodes.filter(({ state, node }) => state !== 'ready' && node.supervise.start === 'master'));
    }
    this.#isStarting = false;
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

  /** Lets all nodes, or one, load their modules afresh; all or none. @throws ReloadFailed when it cannot be tried now */
  reload(only?: string): Promise<ClusterReload> {
    if (this.#operations.isUnderWay) throw new ReloadFailed('a restart or drain is under way; try again when it has ended');
    return this.#reloads.run(only);
  }

  /** Whether the config has a node of that name. */
  has(name: string): boolean {
    return this.#nodes.has(name);
  }

  /** Asks the node that writes. @throws StartFailed when the config has none, PeerDown when it is away, and what it throws itself */
  async rows(verb: RowVerb, ...row: string[]): Promise<unknown> {
    const { writer } = this.#config;
    if (writer === undefined) throw new StartFailed('no node of this cluster has "db": there are no rows');
    const child = this.childOf(writer);
    if (!child) throw new PeerDown(writer, false);
    return child.call(NODE.rows, [verb, ...row]);
  }

  /** @throws OperationRefused */
  #mayStart(name: string): void {
    if (this.#config.nodes[name]?.supervise.start === 'hand')
      throw new OperationRefused(`${name} is not the master's to start (its supervise.start is "hand"); start it where it runs`);
  }

  /** @throws OperationRefused */
  #mayBegin(): void {
    if (this.#stopping) throw new OperationRefused('the cluster stops');
    if (this.#reloads.isBusy) throw new OperationRefused('a reload is under way; try again when it has ended');
  }

  #registered(child: Child): void {
    const info = child.info as unknown as NodeInfo;
    const node = this.#nodes.get(child.name);
    node?.registered(info);
    this.#links.tell(child);
    // What an operation of a master before, or one that ended while the node was out of reach, has left with it.
    child.call(NODE.calm, [this.#rolling.at ?? '']).catch((error: unknown) => {
      this.#log.debug({ error }, `${child.name} did not hear which holds and drains go on`);
    });
    if (info.state === 'ready') this.#links.announce(child, info, this.#children());
    // It was not there when its turn to stop came.
    if (node?.isEnding) this.#endings.askChild(child);
  }

  #ready(child: Child, info: NodeInfo): void {
    this.#nodes.get(child.name)?.ready(info);
    this.#links.announce(child, info, this.#children());
  }

  #children(): Child[] {
    return this.#root.childsmanager.names().flatMap((name) => this.childOf(name) ?? []);
  }

  async #stop(reason: string): Promise<void> {
    this.#log.info({ reason }, 'stopping the cluster');
    await this.#operations.abort('the cluster stops');
    // What the others cannot do without comes back even now: they may have something to save.
    for (const node of this.#nodes.values()) if (!this.#needed.has(node.node.name)) node.letGo('the cluster stops');
    for (const tier of startOrder(this.#config).reverse()) {
      await Promise.all(tier.flatMap((name) => this.#nodes.get(name) ?? []).map((node) => this.#endings.stop(node)));
    }
    await this.#root.close('the master stops');
  }
}
