/** A net node that is linked to two gates, all in this process. */
import type { Limits } from '../../../src/config/config';
import { DEFAULT_LIMITS } from '../../../src/config/defaults';
import { RemoteObject } from '../../../src/distributed/node';
import { PBRoot } from '../../../src/distributed/root';
import { Metrics } from '../../../src/metrics/metrics';
import type { Connection } from '../../../src/netconnect/connection';
import { LiberateFactory } from '../../../src/netconnect/factory';
import { homeOf } from '../../../src/server/sessions/homes';
import { SessionKeeper } from '../../../src/server/sessions/sessionkeeper';
import { Sessions } from '../../../src/server/sessions/sessions';
import { waitFor } from '../../../tools/lib/wait';
import { connectClient, type GameClient, ZERO_HEADER } from '../../helpers/client';
import { silentLog } from '../../helpers/services';

const SECRET = 'a secret that is long enough';
const limits: Limits = { ...DEFAULT_LIMITS, redialMinMs: 5, redialMaxMs: 20 };
const log = silentLog();
const FIRST = 100;

export class Gate {
  readonly root: PBRoot;
  readonly sessions: Sessions;
  readonly lost: number[] = [];

  private constructor(
    readonly name: string,
    readonly port: number,
  ) {
    this.root = new PBRoot({ name, secret: SECRET, limits, log });
    this.sessions = new Sessions(this.root, log);
    this.sessions.onLost((dynamicId) => this.lost.push(dynamicId));
  }

  static async start(name: string, port = 0): Promise<Gate> {
    const gate = new Gate(name, port);
    const listened = await gate.root.listen(port, '127.0.0.1');
    return Object.assign(gate, { port: listened });
  }

  known(): number[] {
    return [...this.sessions.entries()].map(([dynamicId]) => dynamicId).sort();
  }

  async stop(): Promise<void> {
    this.sessions.close();
    await this.root.close('the test ends');
  }
}

export class World implements AsyncDisposable {
  gates!: [Gate, Gate];
  readonly roots: RemoteObject[];
  readonly factory: LiberateFactory;
  readonly clients: GameClient[] = [];
  #next = FIRST;
  #port = 0;

  private constructor() {
    const info = () => ({ dynamicIds: { first: FIRST, count: 1_000 } });
    this.factory = new LiberateFactory({ log, limits, metrics: new Metrics('net'), nextId: () => this.#next++ });
    this.roots = ['gate1', 'gate2'].map(
      (root) => new RemoteObject({ name: 'net', root, secret: SECRET, limits, log, epoch: () => 1, info }),
    );
    const keeper = new SessionKeeper(this.factory, this.roots, log);
    this.factory.afterConnectionLost = (connection) => keeper.closed(connection);
  }

  static async start(): Promise<World> {
    const world = new World();
    world.gates = [await Gate.start('gate1'), await Gate.start('gate2')];
    world.#port = await world.factory.listen(0, '127.0.0.1');
    for (const [at, remote] of world.roots.entries()) remote.connect({ host: '127.0.0.1', port: world.gates[at]?.port ?? 0 });
    await world.linked();
    return world;
  }

  async linked(): Promise<void> {
    await Promise.all(this.roots.map((remote) => remote.whenUp(10_000)));
  }

  async client(): Promise<Connection> {
    const id = this.#next;
    this.clients.push(await connectClient({ port: this.#port, header: ZERO_HEADER }));
    return waitFor(() => this.factory.connmanager.getConnectionByID(id), `connection ${id}`);
  }

  home(connection: Connection): string {
    return homeOf(connection, this.roots).root;
  }

  /** The gate that a connection belongs to writes a record. */
  async login(connection: Connection): Promise<void> {
    const gate = this.gates.find(({ name }) => name === this.home(connection));
    gate?.sessions.set(connection.id, { user: connection.id });
    await waitFor(() => connection.session, 'the record');
  }

  async restart(at: 0 | 1): Promise<void> {
    const { name, port } = this.gates[at];
    await this.stopGate(at);
    this.gates[at] = await Gate.start(name, port);
    await this.linked();
  }

  async stopGate(at: 0 | 1): Promise<void> {
    await this.gates[at].stop();
    await waitFor(() => !this.roots[at]?.isUp, 'end of the link');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const remote of this.roots) await remote.close('the test ends');
    await this.factory.close(100);
    for (const client of this.clients) await client.close();
    for (const gate of this.gates) await gate.stop();
  }
}
