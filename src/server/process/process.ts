/**
 * A node as a process: where its config comes from, what signals mean, and how it ends.
 *
 * A node that the master started gets its config from the master and stops by itself, in order, when the master dies. One that is to take over from another
 * process loads its code beside that one, and waits until it has ended.
 */
import { once } from 'node:events';
import { ConfigError, StartFailed } from '../../errors';
import { messageOf } from '../../thrown';
import { NodeServer } from '../ffserver';
import { GlobalObject } from '../globalobject';
import { GO, type Handover, LOADED, STARTED_BY_MASTER } from './handover';
import { PRELOAD, preloadStores } from './preload';
import { KILLED_BY_CTRL_C, refuseStart } from './refuse';
import { writeRunFile } from './runfile';

/** A node in Firefly's words: `FFServer().config('gate', 'config.json').start()`. */
export function FFServer(): { config(name: string, configPath: string): { start(): Promise<void> } } {
  return { config: (name, configPath) => ({ start: () => runNode(name, configPath) }) };
}

/** Runs one node in this process until it stops; ends the process. */
async function runNode(name: string, configPath: string): Promise<void> {
  process.setSourceMapsEnabled(true);
  const server = await makeServer(name, configPath).catch(refuseStart);
  const { claim, leave } = leaving(server);
  watch(server, leave);
  try {
    await server.load();
    await turn();
    claim();
    await server.start();
  } catch (error) {
    // A start that was stopped ends with the stop.
    if (server.isStopping) return;
    const shown = error instanceof StartFailed ? error.cause : error;
    server.log.fatal(shown === undefined ? {} : { error: shown }, `${name} cannot start: ${messageOf(error)}`);
    await end(server, leave, 'it cannot start', 1);
  }
}

async function makeServer(name: string, configPath: string): Promise<NodeServer> {
  const { config, secret } = process.env[STARTED_BY_MASTER] ? await handedOver() : await readConfig(name, configPath);
  const node = Object.hasOwn(config.nodes, name) ? config.nodes[name] : undefined;
  if (!node) throw new ConfigError([`${config.path}: there is no node ${name}; its nodes are ${Object.keys(config.nodes).join(', ')}`]);
  const tls = config.tls && new (await import('../../distributed/tls.js')).NodeTls(config.tls);
  return new NodeServer(config, node, secret, tls);
}

function watch(server: NodeServer, leave: Leave): void {
  server.onStopped((code) => setImmediate(leave, code));
  process.on('SIGTERM', () => void server.stop('SIGTERM'));
  if (process.env[STARTED_BY_MASTER]) {
    // Ctrl-C reaches the whole terminal; the master decides the order.
    process.on('SIGINT', () => {});
    const serves = server.node.supervise.withoutMaster === 'serve';
    const alone = () => {
      if (serves) server.log.warn('the master is gone; serving on until another takes this node back');
      else void server.stop('the master is gone', true);
    };
    if (process.connected) process.once('disconnect', alone);
    else alone();
  } else {
    process.once('SIGINT', () => {
      process.once('SIGINT', () => process.exit(KILLED_BY_CTRL_C));
      void server.stop('Ctrl-C');
    });
  }
  // Whoever reads it may be gone, such as a master that died.
  process.stderr.on('error', () => {});
  process.on('unhandledRejection', (error) => server.log.error({ error }, 'a promise was rejected and nobody looked'));
  process.on('uncaughtException', (error) => {
    server.log.fatal({ error }, 'an exception that nobody caught; the node stops');
    void end(server, leave, 'uncaught exception', 1);
  });
}

type Leave = (code: number) => Promise<void>;

async function end(server: NodeServer, leave: Leave, reason: string, code: number): Promise<void> {
  server.onStopped(() => {});
  await server.stop(reason);
  await leave(code);
}

/** @returns how to say which process this node is, for a master that comes later, and how to end the process */
function leaving(server: NodeServer): { claim: () => void; leave: Leave } {
  const { cluster, node, log } = server;
  let forget = () => {};
  const claim = () => {
    try {
      forget = writeRunFile(cluster.dataDir, node.name, process.env[STARTED_BY_MASTER] !== undefined);
    } catch (error) {
      log.warn({ error }, 'which process this is cannot be written down; a new master may start another one beside it');
    }
  };
  const leave = async (code: number) => {
    await GlobalObject().masterremote?.close(`${node.name} stops`);
    forget();
    log.flush();
    process.exit(code);
  };
  return { claim, leave };
}

/** Waits until this process is to be the node. */
async function turn(): Promise<void> {
  if (!process.env[STARTED_BY_MASTER]) return;
  // A master that has died meanwhile does not hear it.
  process.send?.(LOADED, undefined, undefined, () => {});
  for (;;) {
    // Nobody tells it any more.
    if (!process.connected) process.exit(0);
    const [word] = await Promise.race([once(process, 'message'), once(process, 'disconnect')]);
    if (word === GO) return;
  }
}

async function handedOver(): Promise<Handover> {
  const given = once(process, 'message') as Promise<[Handover]>;
  await preloadStores(process.env[PRELOAD]);
  const [message] = await given;
  return message;
}

/** Of a node that is started by hand: nobody has looked at its ports yet. */
async function readConfig(name: string, path: string): Promise<Handover> {
  const { portsInUse } = await import('../../config/listen.js');
  const { loadConfig } = await import('../../config/load.js');
  const { makeDataFolder } = await import('../../config/datafolder.js');
  const { clusterSecret } = await import('../../config/secret.js');
  const { config, warnings } = await loadConfig(path, process.env);
  for (const warning of warnings) console.error(warning);
  const taken = await portsInUse(config, { node: name });
  if (taken.length > 0) throw new ConfigError(taken);
  makeDataFolder(config);
  return { config, secret: clusterSecret(config) };
}
