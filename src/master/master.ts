/** The master as a process: checks the config, boots the cluster, says what listens where, and ends it on a signal. */
import type { ClusterConfig } from '../config/config';
import { makeDataFolder } from '../config/datafolder';
import { describeMaster, describeNode } from '../config/describe';
import { portsInUse } from '../config/listen';
import { loadConfig } from '../config/load';
import { clusterSecret } from '../config/secret';
import { ConfigError } from '../errors';
import { formatLine } from '../log/format';
import { openLog } from '../log/log';
import { LogRing } from '../log/ring';
import { Metrics } from '../metrics/metrics';
import { KILLED_BY_CTRL_C, refuseStart } from '../server/process/refuse';
import { Inspection } from '../server/watch/inspection';
import { profileFolder } from '../server/watch/profiles';
import { WebServer } from '../web/server';
import { Cluster, type ClusterOptions } from './cluster';
import { claimData } from './dataclaim';
import type { NodeProcess } from './nodes/nodeprocess';
import { auditor } from './view/audit';
import { ClusterView } from './view/clusterview';
import { operatorRoutes } from './view/operatorroutes';
import { routes } from './webapp';

export interface MasterOptions {
  /** False: only the master; nodes are started by hand. */
  readonly spawn?: boolean;
}

/** Runs the cluster until a signal or `GET /stop`; ends the process. */
export async function runMaster(configPath: string, main: string, { spawn = true }: MasterOptions): Promise<void> {
  process.setSourceMapsEnabled(true);
  const began = performance.now();
  const { config, secret, leaveData } = await readConfig(configPath).catch(refuseStart);
  const { master } = config;
  const ring = new LogRing();
  const log = openLog({
    node: 'master',
    ring,
    format: process.env.FIREFLY_LOG === 'json' ? 'json' : 'text',
    ...(master.log ? { file: master.log } : {}),
  });
  const tls = config.tls && new (await import('../distributed/tls.js')).NodeTls(config.tls);
  const escalate = (reason: string) => {
    log.fatal(`the cluster stops, as supervise.onGiveUp says: ${reason}`);
    end('a node was given up', 1);
  };
  const metrics = new Metrics('master');
  const folder = profileFolder(config.dataDir);
  const inspection = new Inspection({ name: 'master', log, ring, metrics, folder });
  const cluster = makeCluster({
    config,
    secret,
    tls,
    main,
    log,
    metrics,
    print: printLine,
    logTrouble: () => ring.fileTrouble(),
    escalate,
  });
  const access = { hosts: [master.host, master.bind], ...(master.token ? { token: master.token } : {}) };
  const web = new WebServer({ log, metrics, audit: auditor(log), ...access });
  let ending: Promise<void> | undefined;
  const end = (reason: string, code: number) => {
    ending ??= stop(cluster, web, reason).then(() => {
      leaveData();
      log.info('the cluster has stopped');
      process.exit(code);
    });
  };
  process.on('SIGTERM', () => end('SIGTERM', 0));
  process.once('SIGINT', () => {
    process.once('SIGINT', () => {
      log.warn('Ctrl-C a second time: all nodes are killed');
      cluster.kill();
      process.exit(KILLED_BY_CTRL_C);
    });
    end('Ctrl-C; once more kills all nodes at once', 0);
  });
  process.on('unhandledRejection', (error) => log.error({ error }, 'a promise was rejected and nobody looked'));
  process.on('uncaughtException', (error) => {
    log.fatal({ error }, 'an exception that nobody caught; the cluster stops');
    end('uncaught exception', 1);
  });
  routes(web, cluster, () => end('GET /stop', 0));
  const view = new ClusterView({ config, metrics, inspection, childOf: (name) => cluster.childOf(name) });
  operatorRoutes(web, {
    view,
    folder,
    readiness: () => cluster.readiness(),
    statusOf: (name) => cluster.status.of(name),
    processOf: (name) => cluster.processOf(name),
  });
  await Promise.all([cluster.listen(), web.listen(master.webPort, master.bind)]).catch(refuseStart);
  if (!spawn) {
    cluster.expectNodes();
    if (!ending) console.log(`${masterLine(config)}\nThe nodes are yours to start: node appmain.js NODE ${config.path}`);
    return;
  }
  await cluster.takeBack();
  const taken = await cluster.portsTaken();
  // Nothing was started, and what runs already goes on.
  if (taken.length > 0 && !ending) refuseStart(new ConfigError(taken));
  const late = await cluster.startNodes();
  if (!ending) announce(config, late, performance.now() - began);
}

async function readConfig(path: string): Promise<{ config: ClusterConfig; secret: string; leaveData: () => void }> {
  const { config, warnings } = await loadConfig(path, process.env);
  for (const warning of warnings) console.error(warning);
  const taken = await portsInUse(config, {});
  if (taken.length > 0) throw new ConfigError(taken);
  makeDataFolder(config);
  const leaveData = await claimData(config);
  return { config, secret: clusterSecret(config), leaveData };
}

function makeCluster(options: ClusterOptions): Cluster {
  try {
    return new Cluster(options);
  } catch (error) {
    return refuseStart(error);
  }
}

async function stop(cluster: Cluster, web: WebServer, reason: string): Promise<void> {
  await cluster.stop(reason);
  await web.close();
}

function announce(config: ClusterConfig, late: readonly NodeProcess[], ms: number): void {
  const seconds = (ms / 1000).toFixed(1);
  const nodes = Object.values(config.nodes);
  const byHand = nodes.filter(({ supervise }) => supervise.start === 'hand').map(({ name }) => name);
  const elsewhere = byHand.length > 0 ? [`  started by hand: ${byHand.join(', ')}`] : [];
  const lines = [
    late.length === 0
      ? `firefly-ts: ${nodes.length + 1 - byHand.length} processes in ${seconds} s`
      : `firefly-ts: after ${seconds} s NOT ready: ${late.map(({ node, state }) => `${node.name} (${state})`).join(', ')}; /status has the reasons`,
    masterLine(config),
    ...elsewhere,
    ...nodes.map((node) => `  ${node.name.padEnd(8)} ${describeNode(node)}`),
  ];
  console.log(lines.join('\n'));
}

function masterLine(config: ClusterConfig): string {
  return `  master   ${describeMaster(config)}/`;
}

function printLine(line: string): void {
  process.stdout.write(`${process.env.FIREFLY_LOG === 'json' ? line : formatLine(line)}\n`);
}
