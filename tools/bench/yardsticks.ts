/** The yardsticks, started. */
import type { DatabaseService } from '../services';
import { Peer } from './peer';
import type { Server } from './served';
import type { Side, Workshop } from './workshop';

/** Several processes that are ended together, of which one is talked to. */
export class Peers implements AsyncDisposable {
  readonly #peers: readonly Peer[];

  constructor(...peers: readonly Peer[]) {
    this.#peers = peers;
  }

  /** Of the one that was started last. */
  get last(): Peer {
    const last = this.#peers.at(-1);
    if (!last) throw new Error('no process was started');
    return last;
  }

  get pids(): readonly number[] {
    return this.#peers.map(({ pid }) => pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer[Symbol.asyncDispose]()));
  }
}

/** Starts processes one after the other, each told the port of the one before. */
async function startChain(links: readonly (readonly [script: string, role: string])[]): Promise<Peers> {
  const started: Peer[] = [];
  try {
    for (const [script, role] of links) started.push(await Peer.start(script, role, ...started.slice(-1).map(({ port }) => port)));
    return new Peers(...started);
  } catch (error) {
    await Promise.all(started.map((peer) => peer[Symbol.asyncDispose]()));
    throw error;
  }
}

export async function relay(workshop: Workshop): Promise<Server> {
  const roles = ['game', 'gate', 'net'] as const;
  const peers = await workshop.hold('yardstick', 'relay', () => startChain(roles.map((role) => ['relay.js', role] as const)));
  return { port: peers.last.port, processes: Object.fromEntries(roles.map((role, at) => [role, peers.pids[at] ?? 0])) };
}

/** Two processes with a link of their own between them, the one that calls last. */
export function callers(workshop: Workshop, side: Side, script: string): Promise<Peers> {
  const chain = [
    [script, 'serve'],
    [script, 'call'],
  ] as const;
  return workshop.hold(side, script, () => startChain(chain));
}

export function plainServer(workshop: Workshop): Promise<Peer> {
  return workshop.hold('yardstick', 'plainserver', () => Peer.start('plainserver.js'));
}

/** mysql2 on the same database as the cluster that is held. */
export function plainSql(workshop: Workshop, { host, port, user, password }: DatabaseService): Promise<Peer> {
  const access = JSON.stringify({ host, port, user, password, database: 'bench' });
  return workshop.hold('yardstick', `plainsql ${port}`, () => Peer.start('plainsql.js', access));
}
