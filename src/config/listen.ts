/** Which ports a cluster listens on: no two alike, none beyond the last, none in the open without a secret or TLS, none taken by somebody else. */

import { createServer } from 'node:net';
import { isLoopback, LOOPBACK } from './address';
import type { ClusterConfig } from './config';
import { holderOf } from './portholder';
import type { Problems } from './problems';

export interface ListenedPort {
  /** As in the file: `servers.net.netport`. */
  readonly key: string;
  readonly path: readonly string[];
  /** With the offset added; 0 is any free port. */
  readonly port: number;
  readonly bind: string;
}

/** Whose ports: the master's, or those of the node of that name. */
export type PortOwner = { readonly node?: string };

const EVERY_ADDRESS = new Set(['0.0.0.0', '::']);

/** @returns every port of the master and of the nodes, in the order of the file */
export function listenedPorts(config: ClusterConfig): ListenedPort[] {
  const ports: ListenedPort[] = [];
  const add = (path: readonly string[], port: number | undefined, bind: string) => {
    if (port !== undefined) ports.push({ key: path.join('.'), path, port, bind });
  };
  add(['master', 'rootport'], config.master.rootPort, config.master.bind);
  add(['master', 'webport'], config.master.webPort, config.master.bind);
  for (const node of Object.values(config.nodes)) {
    add(['servers', node.name, 'netport'], node.netPort, node.bind);
    add(['servers', node.name, 'wsport'], node.wsPort, node.bind);
    add(['servers', node.name, 'webport'], node.webPort, node.bind);
    add(['servers', node.name, 'rootport'], node.rootPort, node.bind);
  }
  return ports;
}

/** Reports ports that are given to two listeners, and ports that the offset lifts too high. */
export function checkPorts(config: ClusterConfig, offset: number, problems: Problems): void {
  const taken: ListenedPort[] = [];
  for (const listener of listenedPorts(config)) {
    if (listener.port === 0) continue;
    if (listener.port > 65_535) {
      problems.error(
        listener.path,
        `is ${listener.port - offset}, and with FIREFLY_PORT_OFFSET=${offset} that is ${listener.port}, above 65535; lower one of them`,
      );
    }
    const other = taken.find((earlier) => earlier.port === listener.port && overlap(earlier.bind, listener.bind));
    if (other) {
      problems.error(
        listener.path,
        `is ${listener.port - offset}, which is also ${other.key} (line ${problems.lineOf(other.path)}); give one of them another port`,
      );
    } else {
      taken.push(listener);
    }
  }
}

/** Reports each address that other machines reach when no secret is configured that they could be told, and links between machines in the clear. */
export function checkBinds(config: ClusterConfig, bindPath: (owner: readonly string[]) => readonly string[], problems: Problems): void {
  const open = listenedPorts(config).filter(({ bind }) => !isLoopback(bind));
  const reported = new Set<string>();
  const once = (where: readonly string[], report: () => void) => {
    if (!reported.has(where.join('.'))) report();
    reported.add(where.join('.'));
  };
  for (const { path, bind } of open) {
    const where = bindPath(path.slice(0, -1));
    const reached = `is ${JSON.stringify(bind)}, which other machines reach`;
    if (config.secret === undefined) {
      const fix = `set "secret" (or FIREFLY_SECRET), or bind to ${LOOPBACK}`;
      once(where, () => problems.error(where, `${reached}, and no secret is configured; ${fix}`));
    } else if (config.tls === undefined && path.at(-1) === 'rootport') {
      const risk = 'and nodes link there in the clear, so who hears the network reads and changes what they say';
      once(where, () => problems.warn(where, `${reached}, ${risk}; set "tls" unless the network is yours alone`));
    }
  }
}

/** A port that cannot be had. */
export interface TakenPort {
  /** The node whose port it would be; undefined for the master's. */
  readonly node: string | undefined;
  /** Key, port and fix, for a person. */
  readonly line: string;
}

/**
 * Tries each port the cluster would listen on.
 *
 * @param owner looks at the ports of the master or of one node only
 * @returns those that cannot be had; none when all are free
 */
export async function takenPorts(config: ClusterConfig, owner?: PortOwner): Promise<TakenPort[]> {
  const tried = await Promise.all(
    listenedPorts(config)
      .filter(({ port, path }) => port !== 0 && (owner === undefined || path.slice(0, -1).join('.') === ownerPath(owner)))
      .map(async (listener) => ({ listener, code: await listenError(listener.port, listener.bind) })),
  );
  return tried.flatMap(({ listener, code }) => {
    if (code === undefined) return [];
    const [section, name] = listener.path;
    return { node: section === 'servers' ? name : undefined, line: `${listener.key} ${describe(code, listener)}` };
  });
}

/** As `takenPorts`: a line for each. */
export async function portsInUse(config: ClusterConfig, owner?: PortOwner): Promise<string[]> {
  return (await takenPorts(config, owner)).map(({ line }) => line);
}

function ownerPath({ node }: PortOwner): string {
  return node === undefined ? 'master' : `servers.${node}`;
}

function overlap(one: string, other: string): boolean {
  return one === other || EVERY_ADDRESS.has(one) || EVERY_ADDRESS.has(other);
}

function listenError(port: number, host: string): Promise<string | undefined> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => done(undefined)));
  });
}

function describe(code: string, { port, bind }: ListenedPort): string {
  switch (code) {
    case 'EADDRINUSE':
      return `is ${port}, which is in use on ${bind}${by(port)}; stop what listens there (ss -ltnp shows it), change the port, or shift all with FIREFLY_PORT_OFFSET`;
    case 'EACCES':
      return `is ${port}, which this user may not listen on; take a port from 1024 up`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `is ${port} on ${bind}, which is no address of this machine; correct "bind" (or master.roothost)`;
    default:
      return `is ${port}, and listening on ${bind} fails with ${code}; change the port or "bind"`;
  }
}

function by(port: number): string {
  const holder = holderOf(port);
  return holder ? ` by ${holder}` : '';
}
