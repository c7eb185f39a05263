/** The master as a process: checks the config, boots the cluster, says what listens where, and ends it on a signal. */
import { resolve } from 'node:path';
import type { ClusterConfig, NodeConfig } from '../config/config';
import { portsInUse } from '../config/listen';
import { loadConfig } from '../config/load';
import { clusterSecret } from '../config/secret';
import { ConfigError } from '../errors';
import { formatLine } from '../log/format';
import { openLog } from '../log/log';
import { Metrics } from '../metrics/metrics';
import { WebServer } from '../web/server';
import { Cluster } from './cluster';
import { routes } from './webapp';

export interface MasterOptions {
  /** False: only the master; nodes are started by hand. */
  readonly spawn?: boolean;
}

/** The config cannot be used. */
const EXIT_CONFIG = 2;

/** The master in Firefly's words: `Master().config('config.json', 'appmain.js').start()`. */
export function Master(): { config(configPath: string, mainPath: string): { start(options?: MasterOptions): Promise<void> } } {
  return { config: (configPath, mainPath) => ({ start: (options = {}) => runMaster(resolve(configPath), resolve(mainPath), options) }) };
}

async function runMaster(configPath: string, main: string, { spawn = true }: MasterOptions): Promise<void> {
  process.setSourceMapsEnabled(true);
  const began = Date.now();
  const config = await checkedConfig(configPath);
  const { master } = config;
  const log = openLog({
    node: 'master',
    format: process.env.FIREFLY_LOG === 'json' ? 'json' : 'text',
    ...(master.log ? { file: master.log } : {}),
  });
  const metrics = new Metrics('master');
  const cluster = new Cluster({ config, secret: clusterSecret(config), main, log, metrics, print: printLine });
  const web = new WebServer({ log, hosts: [master.host, master.bind], ...(master.token ? { token: master.token } : {}) });
  let ending = false;
  const end = async (reason: string, code: number) => {
    if (ending) {
      cluster.kill();
      return;
    }
    ending = true;
    await cluster.stop(reason);
    await web.close();
    log.info('the cluster has stopped');
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(signal, 0));
  process.on('unhandledRejection', (error) => log.error({ error }, 'a promise was rejected and nobody looked'));
  process.on('uncaughtException', (error) => {
    log.fatal({ error }, 'an exception that nobody caught; the cluster stops');
    void end('uncaught exception', 1);
  });
  routes(web, cluster, () => void end('GET /stop', 0));
  try {
    await cluster.listen();
    await web.listen(master.webPort, master.bind);
  } catch (error) {
    log.fatal({ error }, 'the master cannot start');
    return end('the master cannot start', 1);
  }
  if (!spawn) return;
  const late = await cluster.startNodes();
  if (!ending) announce(config, late, Date.now() - began);
}

/** Loads the config and looks at the ports. Ends the process with one line a mistake. */
async function checkedConfig(path: string): Promise<ClusterConfig> {
  try {
    const { config, warnings } = await loadConfig(path, process.env);
    for (const warning of warnings) console.error(warning);
    const taken = await portsInUse(config);
    if (taken.length > 0) throw new ConfigError(taken);
    return config;
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
  }
}

function announce(config: ClusterConfig, late: readonly string[], ms: number): void {
  const { master } = config;
  const lines = [
    `firefly-ts: ${Object.keys(config.nodes).length + 1} processes in ${(ms / 1000).toFixed(1)} s${late.length ? `; NOT ready: ${late.join(', ')}` : ''}`,
    `  master   nodes ${master.bind}:${master.rootPort}, web http://${master.bind}:${master.webPort}/status`,
    ...Object.values(config.nodes).map((node) => `  ${node.name.padEnd(8)} ${listens(node)}`),
  ];
  console.log(lines.join('\n'));
}

function listens(node: NodeConfig): string {
  const ports = [
    node.netPort === undefined ? [] : `clients ${node.bind}:${node.netPort}`,
    node.wsPort === undefined ? [] : `clients ${node.tls ? 'wss' : 'ws'}://${node.bind}:${node.wsPort}`,
    node.rootPort ? `nodes ${node.bind}:${node.rootPort}` : [],
    node.webPort === undefined ? [] : `web http://${node.bind}:${node.webPort}`,
  ].flat();
  return ports.join(', ') || 'listens on no fixed port';
}

function printLine(line: string): void {
  process.stdout.write(`${process.env.FIREFLY_LOG === 'json' ? line : formatLine(line)}\n`);
}
