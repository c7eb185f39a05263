/**
 * One node: reads its part of the config, builds only what that part names, loads its modules, and stops in order.
 *
 * A node opens its ports last, when its links are up and its modules are loaded: nobody is served by half a node.
 */
import type { ClusterConfig, NodeConfig } from '../config/config';
import { rootsByJob } from '../config/jobs';
import { RemoteObject } from '../distributed/node';
import { tellReadiness } from '../distributed/readiness';
import { PBRoot } from '../distributed/root';
import type { NodeTls } from '../distributed/tls';
import { Replaced, StartFailed } from '../errors';
import { type Logger, openLog } from '../log/log';
import { LogRing } from '../log/ring';
import { CallBatches } from '../metrics/callbatches';
import { Metrics } from '../metrics/metrics';
import type { WebServer } from '../web/server';
import { answerMaster } from './admin';
import { type ClientPorts, clientFront, listenForClients } from './clientfront';
import { GlobalObject, type NodeGlobals } from './globalobject';
import { Granted } from './granted';
import { Joining } from './joining';
import { MasterTalk } from './mastertalk';
import { NodeStores } from './nodestores';
import { nodeWeb } from './nodeweb';
import { NODE, type NodeInfo, type NodeReport } from './nodewire';
import type { Holds } from './plans/holds';
import { answerPlans } from './plans/planned';
import { STARTED_BY_MASTER } from './process/handover';
import { ownId } from './process/processid';
import { keepToProcessors } from './process/processors';
import { StartSteps } from './process/startsteps';
import { StopSteps } from './process/stopsteps';
import type { StartHook } from './reload/generation';
import { startFailure } from './reload/loadfailure';
import { Reloader } from './reload/reload';
import { boundOf, holdBack, tellOfHolds } from './sessions/holdback';
import { passPushesOn, takePushes } from './sessions/push';
import { Sessions } from './sessions/sessions';
import { Inspection } from './watch/inspection';
import { NodeView } from './watch/nodeview';
import { profileFolder } from './watch/profiles';
import { Tracer } from './watch/tracer';
import { Watchdog } from './watch/watchdog';

const MASTER = 'master';

export class NodeServer {
  readonly #globals: NodeGlobals = GlobalObject();
  readonly #metrics: Metrics;
  readonly #log: Logger;
  readonly #calls = new CallBatches();
  readonly #reloader: Reloader;
  readonly #inspection: Inspection;
  readonly #view: NodeView;
  #state: NodeReport['state'] = 'starting';
  readonly #granted = new Granted();
  #rootPort = 0;
  #clientPorts: ClientPorts = { net: 0, ws: 0 };
  readonly #stores: NodeStores;
  #holds: Holds | undefined;
  #web: WebServer | undefined;
  #loading: Promise<void> | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #exitCode = 0;
  #ended: (code: number) => void = () => {};
  readonly #steps: StartSteps;
  readonly #joining: Joining;
  readonly #watchdog: Watchdog;
  /** Settles `#stopAsked`, which ends every wait of the start. */
  #askStop: () => void = () => {};
  readonly #stopAsked = new Promise<void>((resolve) => {
    this.#askStop = resolve;
  });

  constructor(
    readonly cluster: ClusterConfig,
    readonly node: NodeConfig,
    readonly secret: string,
    readonly tls?: NodeTls,
  ) {
    this.#metrics = new Metrics(node.name);
    const ring = new LogRing();
    this.#log = openLog({
      node: node.name,
      ring,
      ...(node.log ? { file: node.log } : {}),
      codeVersion: () => this.#reloader.codeVersion || undefined,
    });
    const talk = new MasterTalk(() => this.#globals.masterremote, this.#log);
    this.#steps = new StartSteps(node.supervise.readyMs, (step) => talk.step(step));
    this.#joining = new Joining({ log: this.#log, steps: this.#steps, stopAsked: this.#stopAsked, goOn: () => this.#goOn() });
    this.#watchdog = new Watchdog({
      node: node.name,
      hangMs: cluster.limits.hangMs,
      file: node.log,
      log: this.#log,
      tell: (excuse) => talk.excuse(excuse),
    });
    this.#globals.node.watchdog = this.#watchdog;
    this.#reloader = new Reloader({
      globals: this.#globals,
      dir: cluster.dir,
      log: this.#log,
      calls: this.#calls,
      callsMs: cluster.limits.rpcDeadlineMs,
    });
    const parts = { metrics: this.#metrics, log: this.#log };
    this.#stores = new NodeStores({
      ...parts,
      cluster,
      node,
      globals: this.#globals,
      steps: this.#steps,
      failed: (error) => this.#fail(error),
    });
    this.#build();
    this.#inspection = new Inspection({
      ...parts,
      name: node.name,
      ring,
      folder: profileFolder(cluster.dataDir),
      during: (what, work) => this.#watchdog.during(what, work),
    });
    this.#view = new NodeView({ ...parts, cluster, node, globals: this.#globals, inspection: this.#inspection });
  }

  get log(): Logger {
    return this.#log;
  }

  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  /**
   * Loads the node's modules. This much of the start may be done while the process that is to be followed still runs.
   *
   * @throws StartFailed naming file and line
   */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /**
   * Starts the node and settles when it is ready.
   *
   * @throws StartFailed, StoreDown or what a module threw; the process should end then. StartFailed too when it was stopped meanwhile
   */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /**
   * Stops the node: what is left of its start, clients, its own handlers, then links and stores. Every step has a deadline.
   *
   * @param waitForLeaves let the nodes that link here stop first: nobody else sees to the order
   */
  stop(reason: string, waitForLeaves = false): Promise<void> {
    this.#stopping ??= this.#stop(reason, waitForLeaves).then(() => this.#ended(this.#exitCode));
    return this.#stopping;
  }

  /** Sets what runs when the node has stopped all but its link to the master. @param fn gets the exit code */
  onStopped(fn: (code: number) => void): void {
    this.#ended = fn;
  }

  async #load(): Promise<void> {
    const { node } = this;
    this.#watchdog.start();
    if (node.cpu !== undefined) await keepToProcessors(node.cpu, this.#log);
    this.#goOn();
    await this.#steps.game('its modules are loading', () => this.#reloader.start(node.app, node.reload));
  }

  async #start(): Promise<void> {
    const { node, cluster } = this;
    const { root } = this.#globals;
    await this.load();
    this.#goOn();
    if (node.name === cluster.writer && root) await this.#steps.open('opening its stores', () => this.#stores.open(root));
    this.#goOn();
    await this.#joinMaster();
    await this.#joinRoots();
    const { loads, starts } = this.#globals.node.generation;
    for (const { run, step } of [...loads.map(loadStep), ...starts.map(startStep)]) {
      this.#goOn();
      await this.#runGame(step, run);
    }
    this.#goOn();
    await this.#steps.open('opening its ports', () => this.#listen());
    this.#goOn();
    this.#globals.node.generation.start();
    this.#steps.done();
    this.#become('ready');
    const master = this.#globals.masterremote;
    // A master that is away right now is told when it is back.
    if (master?.isUp) master.notifyRemote(NODE.ready, this.#info());
    this.#log.info({ ...this.#ports() }, 'ready');
  }

  /** Roots give something new only to who is ready. The master is told by other words. */
  #become(state: NodeReport['state']): void {
    this.#state = state;
    for (const remote of Object.values(this.#globals.remote)) this.#tellState(remote);
  }

  #tellState(remote: RemoteObject): void {
    try {
      tellReadiness(remote, this.#state === 'ready');
    } catch (error) {
      this.#log.warn({ error }, `${remote.root} was not told that this node is ${this.#state}; it is when they link again`);
    }
  }

  async #runGame(step: string, run: () => unknown): Promise<void> {
    try {
      await this.#steps.game(step, run);
    } catch (error) {
      if (error instanceof StartFailed) throw error;
      throw startFailure(error, this.node.app ?? '');
    }
  }

  /** Ends a start that is not wanted any more. */
  #goOn(): void {
    if (this.#stopping) throw new StartFailed(`${this.node.name} was stopped before it was ready`);
  }

  #build(): void {
    const { cluster, node, secret, tls } = this;
    const { sample } = cluster.trace;
    const tracing = sample > 0 ? new Tracer({ node: node.name, sample, dir: cluster.dir, log: this.#log }) : undefined;
    const parts = { secret, tls, limits: cluster.limits, log: this.#log, metrics: this.#metrics, calls: this.#calls, tracing };
    const globals = this.#globals;
    globals.log = this.#log;
    globals.config = { ...node.section, game: cluster.game };
    if (node.rootPort !== undefined) {
      globals.root = new PBRoot({ name: node.name, ...parts });
      globals.node.sessions = new Sessions(globals.root, this.#log);
      passPushesOn(globals.root, this.#log);
    }
    const leaf = { name: node.name, ...parts, epoch: () => this.#granted.epoch };
    for (const { name } of node.roots) {
      globals.remote[name] = new RemoteObject({ ...leaf, root: name, info: () => ({ ...this.#info(), ...this.#granted.grant }) });
    }
    // It may have got ready since it said hello.
    for (const remote of Object.values(globals.remote)) remote.onUp(() => this.#tellState(remote));
    globals.node.roots = this.#clientRoots();
    if (globals.root) tellOfHolds(globals.root, Object.values(globals.remote), this.#log);
    this.#stores.buildLeases();
    globals.masterremote = new RemoteObject({ ...leaf, root: MASTER, info: () => ({ ...this.#info() }) });
    for (const link of [globals.masterremote, ...Object.values(globals.remote)]) {
      link.onRefused((error) => {
        if (error instanceof Replaced) void this.stop(error.message);
      });
    }
    if (node.netPort !== undefined || node.wsPort !== undefined) {
      globals.netfactory = clientFront({ ...parts, nextId: () => this.#granted.nextDynamicId(), roots: globals.node.roots });
      takePushes(globals.node.roots, globals.netfactory);
      holdBack(globals.netfactory, globals.node.roots, boundOf(this.cluster));
    }
  }

  /** Registers with the master, which grants the epoch. Waits for a master as long as it takes. */
  async #joinMaster(): Promise<void> {
    const master = this.#globals.masterremote;
    if (!master) return;
    master.onUp((welcome) => this.#granted.take(welcome));
    answerMaster(master, {
      globals: this.#globals,
      reloader: this.#reloader,
      log: this.#log,
      view: this.#view,
      report: () => this.#report(),
      stop: () => this.stop('the master said so'),
    });
    this.#holds = answerPlans(master, {
      name: this.node.name,
      globals: this.#globals,
      log: this.#log,
      holdMs: this.cluster.limits.holdMs,
    });
    master.connect({ host: this.cluster.master.host, port: this.cluster.master.rootPort });
    await this.#joining.links([[master]]);
  }

  async #joinRoots(): Promise<void> {
    const { remote } = this.#globals;
    const jobs = rootsByJob(this.node.name, this.cluster);
    await this.#joining.links(jobs.map((names) => names.flatMap((name) => remote[name] ?? [])));
    const writer = this.cluster.writer && remote[this.cluster.writer];
    if (writer && (this.node.db || this.node.mem)) await this.#stores.join(writer);
  }

  async #listen(): Promise<void> {
    const { node, cluster } = this;
    const { root, netfactory } = this.#globals;
    if (root && node.rootPort !== undefined) this.#rootPort = await root.listen(node.rootPort, node.bind);
    if (node.webPort !== undefined) {
      this.#web = await nodeWeb(this.#globals, {
        port: node.webPort,
        host: node.bind,
        token: cluster.master.token,
        log: this.#log,
        calls: this.#calls,
        metrics: this.#metrics,
      });
    }
    if (netfactory) this.#clientPorts = await listenForClients(netfactory, node);
  }

  async #stop(reason: string, waitForLeaves: boolean): Promise<void> {
    this.#become('stopping');
    this.#askStop();
    this.#log.info({ reason }, 'stopping');
    // What it saves and sends now must not wait for somebody's plans.
    this.#holds?.abandon();
    const { shutdownMs } = this.node.supervise;
    const { root, netfactory, remote, stophandler, node } = this.#globals;
    let steps = new StopSteps(shutdownMs, this.#log);
    await steps.game('the start', () => (this.#starting ?? this.#loading)?.catch(() => {}));
    if (netfactory) await steps.game('the client port', (ms) => netfactory.close(ms));
    await steps.game('the web port', () => this.#web?.close());
    if (waitForLeaves && root) {
      await leavesGone(root, shutdownMs);
      steps = new StopSteps(shutdownMs, this.#log);
    }
    if (stophandler) await steps.game('the stop handler', stophandler);
    await steps.game('the onUnload hooks', () => this.#reloader.close());
    node.sessions?.close();
    node.leases?.close();
    if (root) await steps.own('the port for nodes', () => root.close(`${this.node.name} stops`));
    await steps.own('the stores', () => this.#stores.close());
    await steps.own('the links', () => Promise.all(Object.values(remote).map((link) => link.close(`${this.node.name} stops`))));
    this.#inspection.close();
    this.#log.info('stopped');
  }

  /** Ends the node for a reason that a new process of it may not have. */
  #fail(error: Error): void {
    if (this.#stopping) return;
    this.#exitCode = 1;
    this.#log.fatal({ error }, `${this.node.name} cannot go on: ${error.message}; the node stops`);
    void this.stop(error.message);
  }

  /** The roots that clients' messages go to: those the config names. */
  #clientRoots(): RemoteObject[] {
    return this.node.roots.flatMap(({ name }) => (name === this.cluster.writer ? [] : (this.#globals.remote[name] ?? [])));
  }

  #info(): NodeInfo {
    return {
      ...ownId(),
      state: this.#state,
      byMaster: process.env[STARTED_BY_MASTER] !== undefined,
      rootPort: this.#rootPort,
      codeVersion: this.#reloader.codeVersion,
      step: this.#steps.step,
      excuse: this.#watchdog.excuse,
    };
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
      ...this.#view.numbers(),
      children: this.#globals.root?.childsmanager.names() ?? [],
      roots: Object.entries(this.#globals.remote).flatMap(([name, remote]) => (remote.isUp ? [name] : [])),
    };
  }
}

const loadStep = (run: () => unknown) => ({ run, step: 'an onLoad hook has not ended' });
const startStep = ({ run, place }: StartHook) => ({ run, step: `its onStart hook at ${place} has not ended` });

/** Settles when no leaf is linked, or at the deadline. */
async function leavesGone(root: PBRoot, deadlineMs: number): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (root.childsmanager.names().length > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
}
