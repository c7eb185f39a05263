/**
 * A node as a process: where its config comes from, what signals mean, and how it ends.
 *
 * A node that the master started gets its config from the master and stops by itself, in order, when the master dies.
 */
import { once } from 'node:events';
import { ConfigError } from '../errors';
import { NodeServer } from './ffserver';
import { GlobalObject } from './globalobject';
import { type Handover, STARTED_BY_MASTER } from './handover';

/** The config cannot be used. */
const EXIT_CONFIG = 2;

/** A node in Firefly's words: `FFServer().config('gate', 'config.json').start()`. */
export function FFServer(): { config(name: string, configPath: string): { start(): Promise<void> } } {
  return { config: (name, configPath) => ({ start: () => runNode(name, configPath) }) };
}

/** Runs one node in this process until it stops; ends the process. */
async function runNode(name: string, configPath: string): Promise<void> {
  process.setSourceMapsEnabled(true);
  let server: NodeServer;
  try {
    const { config, secret } = process.env[STARTED_BY_MASTER] ? await handedOver() : await readConfig(configPath);
    const node = config.nodes[name];
    if (!node) throw new ConfigError([`${config.path}: there is no node ${name}; its nodes are ${Object.keys(config.nodes).join(', ')}`]);
    const tls = config.tls && new (await import('../distributed/tls.js')).NodeTls(config.tls);
    server = new NodeServer(config, node, secret, tls);
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
  }
  watch(server);
  try {
    await server.start();
  } catch (error) {
    server.log.fatal({ error }, 'the node cannot start');
    await end(server, 'it cannot start', 1);
  }
}

function watch(server: NodeServer): void {
  server.onStopped(() => setImmediate(leave, server, 0));
  process.on('SIGTERM', () => void server.stop('SIGTERM'));
  if (process.env[STARTED_BY_MASTER]) {
    // Ctrl-C reaches the whole terminal; the master decides the order.
    process.on('SIGINT', () => {});
    process.once('disconnect', () => void server.stop('the master is gone', true));
  } else {
    process.on('SIGINT', () => void server.stop('SIGINT'));
  }
  process.on('unhandledRejection', (error) => server.log.error({ error }, 'a promise was rejected and nobody looked'));
  process.on('uncaughtException', (error) => {
    server.log.fatal({ error }, 'an exception that nobody caught; the node stops');
    void end(server, 'uncaught exception', 1);
  });
}

async function end(server: NodeServer, reason: string, code: number): Promise<void> {
  server.onStopped(() => {});
  await server.stop(reason);
  await leave(server, code);
}

async function leave(server: NodeServer, code: number): Promise<void> {
  await GlobalObject().masterremote?.close(`${server.node.name} stops`);
  server.log.flush();
  process.exit(code);
}

async function handedOver(): Promise<Handover> {
  const [message] = (await once(process, 'message')) as [Handover];
  return message;
}

async function readConfig(path: string): Promise<Handover> {
  const { loadConfig } = await import('../config/load.js');
  const { clusterSecret } = await import('../config/secret.js');
  const { config, warnings } = await loadConfig(path, process.env);
  for (const warning of warnings) console.error(warning);
  return { config, secret: clusterSecret(config) };
}
