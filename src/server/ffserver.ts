/**
 * One node: reads its part of the config, builds only what that part names, loads its modules, and stops in order.
 *
 * A node opens its ports last, when its links are up and its modules are loaded: nobody is served by half a node.
 */
import type { ClusterConfig, NodeConfig } from '../config/config';
import { RemoteObject } from '../distributed/node';
import { PBRoot } from '../distributed/root';
import { StartFailed } from '../errors';
import { type Logger, openLog } from '../log/log';
import { Metrics } from '../metrics/metrics';
import type { WebServer } from '../web/server';
import { answerMaster } from './admin';
import { type ClientPorts, clientFront, listenForClients } from './clientfront';
import { joinData, type NodeData, openData } from './data';
import { GlobalObject, type NodeGlobals } from './globalobject';
import { nodeWeb } from './nodeweb';
import type { Grant, NodeInfo, NodeReport } from './nodewire';
import { NODE } from './nodewire';
import { Reloader } from './reload';
import { Sessions } from './sessions';

const MASTER = 'master';
/** How often a waiting node says for whom it waits. */
const WAITING_MS = 5_000;

export class NodeServer {
  readonly #globals: NodeGlobals = GlobalObject();
  readonly #metrics: Metrics;
  readonly #log: Logger;
  readonly #reloader: Reloader;
  readonly #startedAt = Date.now();
  #state: NodeReport['state'] = 'starting';
  #epoch = 0;
  #grant: Grant = {};
  #rootPort = 0;
  #clientPorts: ClientPorts = { net: 0, ws: 0 };
  #data: NodeData | undefined;
  #web: WebServer | undefined;
  #stopping: Promise<void> | undefined;
  #ended: () => void = () => {};

  constructor(
    readonly cluster: ClusterConfig,
    readonly node: NodeConfig,
    readonly secret: string,
  ) {
    this.#metrics = new Metrics(node.name);
    this.#log = openLog({
      node: node.name,
      ...(node.log ? { file: node.log } : {}),
      codeVersion: () => this.#reloader.codeVersion || undefined,
    });
    this.#reloader = new Reloader(this.#globals, cluster.dir, this.#log);
    this.#build();
  }

  get log(): Logger {
    return this.#log;
  }

  /**
   * Starts the node and settles when it is ready.
   *
   * @throws StartFailed, StoreDown or what a module threw; the process should end then
   */
  async start(): Promise<void> {
    const { node, cluster } = this;
    if (node.name === cluster.writer && this.#globals.root) this.#useData(await openData(this.#dataOptions(), this.#globals.root));
    this.#reloader.start(node.app, node.reload);
    await this.#joinMaster();
    await this.#joinRoots();
    for (const start of this.#globals.node.generation.starts) await start();
    this.#globals.node.generation.start();
    await this.#listen();
    this.#state = 'ready';
    this.#globals.masterremote?.notifyRemote(NODE.ready, this.#info());
    this.#log.info({ ...this.#ports() }, 'ready');
  }

  /**
   * Stops the node: clients first, then its own handlers, then links and stores. Every step has a deadline.
   *
   * @param waitForLeaves let the nodes that link here stop first: nobody else sees to the order
   */
  stop(reason: string, waitForLeaves = false): Promise<void> {
    this.#stopping ??= this.#stop(reason, waitForLeaves).then(() => this.#ended());
    return this.#stopping;
  }

  /** Sets what runs when the node has stopped all but its link to the master. */
  onStopped(fn: () => void): void {
    this.#ended = fn;
  }

  #build(): void {
    const { cluster, node, secret } = this;
    const parts = { secret, limits: cluster.limits, log: this.#log, metrics: this.#metrics };
    const globals = this.#globals;
    globals.log = this.#log;
    globals.config = { ...node.section, game: cluster.game };
    if (node.rootPort !== undefined) {
      globals.root = new PBRoot({ name: node.name, ...parts });
      globals.node.sessions = new Sessions(globals.root, this.#log);
    }
    const leaf = { name: node.name, ...parts, epoch: () => this.#epoch };
    for (const { name } of node.roots) {
      globals.remote[name] = new RemoteObject({ ...leaf, root: name, info: () => ({ ...this.#info(), ...this.#grant }) });
    }
    globals.masterremote = new RemoteObject({ ...leaf, root: MASTER, info: () => ({ ...this.#info() }) });
    if (node.netPort !== undefined || node.wsPort !== undefined) {
      globals.netfactory = clientFront({ ...parts, nextId: this.#dynamicIds(), roots: this.#clientRoots() });
    }
  }

  /** Registers with the master, which grants the epoch. Waits for a master as long as it takes. */
  async #joinMaster(): Promise<void> {
    const master = this.#globals.masterremote;
    if (!master) return;
    master.onUp((welcome) => {
      this.#epoch = welcome.epoch;
      this.#grant = { ...this.#grant, ...(welcome.info as Grant) };
    });
    master.onRefused((error) => {
      if (error.name === 'Replaced') void this.stop(error.message);
    });
    answerMaster(master, {
      globals: this.#globals,
      reloader: this.#reloader,
      log: this.#log,
      report: () => this.#report(),
      stop: () => this.stop('the master said so'),
    });
    master.connect({ host: this.cluster.master.host, port: this.cluster.master.rootPort });
    await this.#whenUp(master, MASTER);
  }

  async #joinRoots(): Promise<void> {
    const remotes = Object.entries(this.#globals.remote);
    await Promise.all(remotes.map(([name, remote]) => this.#whenUp(remote, name)));
    const writer = this.cluster.writer && this.#globals.remote[this.cluster.writer];
    if (writer && (this.node.db || this.node.mem)) this.#useData(await joinData(this.#dataOptions(), writer));
  }

  async #whenUp(remote: RemoteObject, name: string): Promise<void> {
    while (!remote.isUp) {
      if (this.#stopping) throw new StartFailed(`${this.node.name} was stopped while it waited for ${name}`);
      await remote.whenUp(WAITING_MS).catch(() => {
        if (!this.#stopping) this.#log.warn({ root: name }, `waiting for ${name}`);
      });
    }
  }

  async #listen(): Promise<void> {
    const { node, cluster } = this;
    const { root, netfactory } = this.#globals;
    if (root && node.rootPort !== undefined) this.#rootPort = await root.listen(node.rootPort, node.bind);
    if (node.webPort !== undefined) {
      this.#web = await nodeWeb(this.#globals, { port: node.webPort, host: node.bind, token: cluster.master.token, log: this.#log });
    }
    if (netfactory) this.#clientPorts = await listenForClients(netfactory, node);
  }

  async #stop(reason: string, waitForLeaves: boolean): Promise<void> {
    this.#state = 'stopping';
    this.#log.info({ reason }, 'stopping');
    const { shutdownMs } = this.node.supervise;
    const { root, netfactory, remote, stophandler } = this.#globals;
    const step = (name: string, work: () => unknown) => this.#step(name, shutdownMs, work);
    if (netfactory) await step('clients', () => netfactory.close(shutdownMs));
    await step('web port', () => this.#web?.close());
    if (waitForLeaves && root) await step('leaves', () => leavesGone(root, shutdownMs));
    if (stophandler) await step('stop handler', stophandler);
    await step('modules', async () => {
      for (const error of await this.#globals.node.generation.end()) this.#log.error({ error }, 'an onUnload hook failed');
    });
    this.#globals.node.sessions?.close();
    if (root) await step('root port', () => root.close(`${this.node.name} stops`));
    await step('stores', () => this.#data?.close());
    await step('links', () => Promise.all(Object.values(remote).map((link) => link.close(`${this.node.name} stops`))));
    this.#log.info('stopped');
  }

  /** One step of the stop: it may fail or hang, the next one comes all the same. */
  async #step(name: string, deadlineMs: number, work: () => unknown): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), deadlineMs);
    });
    try {
      const outcome = await Promise.race([Promise.resolve(work()), late]);
      if (outcome === 'late') this.#log.error({ step: name, deadlineMs }, `stopping: ${name} did not end in time; going on without it`);
    } catch (error) {
      this.#log.error({ step: name, error }, `stopping: ${name} failed; going on`);
    } finally {
      clearTimeout(timer);
    }
  }

  #useData(data: NodeData): void {
    this.#data = data;
    this.#globals.node.data = data.access;
    this.#globals.node.sql = data.sql;
  }

  #dataOptions() {
    return { cluster: this.cluster, node: this.node, log: this.#log, metrics: this.#metrics };
  }

  /** Numbers for connections, from the range that the master granted this process. */
  #dynamicIds(): () => number {
    let next = 0;
    return () => {
      const range = this.#grant.dynamicIds;
      if (!range) throw new StartFailed('the master granted no range of connection numbers');
      if (next >= range.count) throw new StartFailed('the granted range of connection numbers is used up; restart this node');
      return range.first + next++;
    };
  }

  /** The roots that clients' messages go to: those the config names. */
  #clientRoots(): RemoteObject[] {
    return this.node.roots.flatMap(({ name }) => (name === this.cluster.writer ? [] : (this.#globals.remote[name] ?? [])));
  }

  #info(): NodeInfo {
    return { pid: process.pid, ready: this.#state === 'ready', rootPort: this.#rootPort, codeVersion: this.#reloader.codeVersion };
  }

  #ports(): Record<string, number> {
    const { webPort } = this.node;
    const { net, ws } = this.#clientPorts;
    return {
      ...(this.#rootPort ? { root: this.#rootPort } : {}),
      ...(net ? { net } : {}),
      ...(ws ? { ws } : {}),
      ...(webPort ? { web: webPort } : {}),
    };
  }

  #report(): NodeReport {
    return {
      state: this.#state,
      pid: process.pid,
      codeVersion: this.#reloader.codeVersion,
      uptimeMs: Date.now() - this.#startedAt,
      memoryRss: process.memoryUsage.rss(),
      children: this.#globals.root?.childsmanager.names() ?? [],
      roots: Object.entries(this.#globals.remote).flatMap(([name, remote]) => (remote.isUp ? [name] : [])),
    };
  }
}

/** Settles when no leaf is linked, or at the deadline. */
async function leavesGone(root: PBRoot, deadlineMs: number): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (root.childsmanager.names().length > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
}
