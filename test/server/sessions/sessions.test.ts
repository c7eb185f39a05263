import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Limits } from '../../../src/config/config';
import { DEFAULT_LIMITS } from '../../../src/config/defaults';
import { RemoteObject } from '../../../src/distributed/node';
import { PBRoot } from '../../../src/distributed/root';
import { Metrics } from '../../../src/metrics/metrics';
import { LiberateFactory } from '../../../src/netconnect/factory';
import { SessionKeeper } from '../../../src/server/sessions/sessionkeeper';
import { Sessions } from '../../../src/server/sessions/sessions';
import { waitFor } from '../../../tools/lib/wait';
import { connectClient, type GameClient, ZERO_HEADER } from '../../helpers/client';
import { keptLog } from '../../helpers/log';
import { silentLog } from '../../helpers/services';

const SECRET = 'a secret that is long enough';
const limits: Limits = { ...DEFAULT_LIMITS, redialMinMs: 5, redialMaxMs: 20, connections: 5_000, connectionsPerAddress: 5_000 };
const log = silentLog();
const EPOCHS = { next: 1 };

/** A gate: a root with the sessions of its net nodes. */
class Gate implements AsyncDisposable {
  readonly root = new PBRoot({ name: 'gate', secret: SECRET, limits, log });
  readonly sessions: Sessions;
  /** What `onLost` was told. */
  readonly lost: [dynamicId: number, data: unknown][] = [];
  port = 0;

  constructor(awayMs: number) {
    this.sessions = new Sessions(this.root, log, awayMs);
    this.sessions.onLost((dynamicId, data) => this.lost.push([dynamicId, data]));
  }

  static async start(port = 0, awayMs = 10_000): Promise<Gate> {
    const gate = new Gate(awayMs);
    gate.port = await gate.root.listen(port, '127.0.0.1');
    return gate;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.sessions.close();
    await this.root.close('the test ends');
  }
}

/** A net node with a client port. Its connections get the numbers from `first` on. */
class Net implements AsyncDisposable {
  readonly factory: LiberateFactory;
  readonly keeper: SessionKeeper;
  readonly remote: RemoteObject;
  readonly clients: GameClient[] = [];
  #next: number;
  #port = 0;

  constructor(
    readonly first: number,
    keeperLog = log,
  ) {
    this.#next = first;
    const metrics = new Metrics('net');
    const epoch = EPOCHS.next++;
    const info = () => ({ dynamicIds: { first, count: 10_000 } });
    this.factory = new LiberateFactory({ log, limits, metrics, nextId: () => this.#next++ });
    this.remote = new RemoteObject({ name: 'net', root: 'gate', secret: SECRET, limits, log, epoch: () => epoch, info });
    this.keeper = new SessionKeeper(this.factory, [this.remote], keeperLog);
    this.factory.afterConnectionLost = (connection) => this.keeper.closed(connection);
  }

  static async start(gate: Gate, first = 100, keeperLog = log): Promise<Net> {
    const net = new Net(first, keeperLog);
    net.#port = await net.factory.listen(0, '127.0.0.1');
    await net.link(gate);
    return net;
  }

  async link({ port }: Gate): Promise<void> {
    this.remote.connect({ host: '127.0.0.1', port });
    await this.remote.whenUp(5_000);
  }

  /** Ends the link and keeps it down until `link`. */
  async cut(gate: Gate): Promise<void> {
    const port = await deadPort();
    this.remote.connect({ host: '127.0.0.1', port });
    const child = gate.root.childsmanager.getChildByName('net');
    if (child) gate.root.dropChild(child);
    await waitFor(() => !this.remote.isUp, 'end of the link');
  }

  /** Connects a client. @returns its number */
  async client(): Promise<number> {
    const id = this.#next;
    this.clients.push(await connectClient({ port: this.#port, header: ZERO_HEADER }));
    await waitFor(() => this.factory.connmanager.getConnectionByID(id), `connection ${id}`);
    return id;
  }

  data(dynamicId: number): unknown {
    return this.factory.connmanager.getConnectionByID(dynamicId)?.session?.data;
  }

  async drop(dynamicId: number): Promise<void> {
    this.factory.loseConnection(dynamicId);
    await waitFor(() => !this.factory.connmanager.getConnectionByID(dynamicId), `end of connection ${dynamicId}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remote.close('the test ends');
    await this.factory.close(100);
    for (const client of this.clients) client.close();
  }
}

/** A port on which nobody listens. */
async function deadPort(): Promise<number> {
  const root = new PBRoot({ name: 'nobody', secret: SECRET, limits, log });
  const port = await root.listen(0, '127.0.0.1');
  await root.close('it never was');
  return port;
}

/** A client whose record is known on both sides. */
async function loggedIn(gate: Gate, net: Net, data: unknown = { user: 'anna' }): Promise<number> {
  const id = await net.client();
  gate.sessions.set(id, data);
  await waitFor(() => net.data(id) !== undefined, 'record beside the connection');
  return id;
}

describe('a session', () => {
  it('lives beside the connection, and a new gate has it as soon as the net node has linked', async () => {
    const first = await Gate.start();
    await using net = await Net.start(first);
    const id = await loggedIn(first, net);
    assert.deepEqual(first.sessions.get(id), { dynamicId: id, net: 'net', data: { user: 'anna' } });
    await first[Symbol.asyncDispose]();
    await using second = await Gate.start(first.port);
    await waitFor(() => second.root.childsmanager.size === 1, 'net at the new gate');
    await waitFor(() => second.sessions.size === 1, 'the session');
    assert.deepEqual(second.sessions.get(id)?.data, { user: 'anna' });
    second.sessions.set(id, { user: 'bob' });
    await waitFor(() => (net.data(id) as { user: string }).user === 'bob', 'the newer record');
  });

  it('comes back whole when there are many', async () => {
    const first = await Gate.start();
    await using net = await Net.start(first);
    const ids = Array.from({ length: 1_201 }, (_, index) => net.first + index);
    for (const id of ids) {
      await net.client();
      first.sessions.set(id, { id });
    }
    await waitFor(() => net.data(ids.at(-1) ?? 0) !== undefined, 'last record');
    await first[Symbol.asyncDispose]();
    await using second = await Gate.start(first.port);
    await waitFor(() => second.sessions.size === ids.length, 'all sessions');
    for (const id of ids) assert.deepEqual(second.sessions.get(id)?.data, { id });
  });

  it('ends once, with its record still there while the game deals with it', async () => {
    await using gate = await Gate.start();
    await using net = await Net.start(gate);
    const id = await loggedIn(gate, net);
    const seen: unknown[] = [];
    gate.sessions.onLost(async (dynamicId, data) => {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push([dynamicId, data, gate.sessions.get(dynamicId)?.data]);
    });
    await net.drop(id);
    await waitFor(() => gate.sessions.size === 0 && net.keeper.ended === 0, 'end of the session');
    assert.deepEqual(seen, [[id, { user: 'anna' }, { user: 'anna' }]]);
  });

  it('that the game forgot is not told as lost', async () => {
    await using gate = await Gate.start();
    await using net = await Net.start(gate);
    const id = await loggedIn(gate, net);
    gate.sessions.set(id, null);
    assert.equal(gate.sessions.get(id), undefined);
    await net.drop(id);
    await loggedIn(gate, net);
    assert.deepEqual(gate.lost, []);
  });

  it('whose connection ended before its record came is told as lost', async () => {
    await using gate = await Gate.start();
    await using net = await Net.start(gate);
    const id = await net.client();
    await net.drop(id);
    gate.sessions.set(id, { user: 'late' });
    await waitFor(() => gate.lost.length === 1 && gate.sessions.size === 0, 'the end');
    assert.deepEqual(gate.lost, [[id, { user: 'late' }]]);
    await waitFor(() => net.keeper.ended === 0, 'settled end');
  });
});

describe('a connection that ends while gate is away', () => {
  it('is told to the new gate, once, and is gone there', async () => {
    const first = await Gate.start();
    await using net = await Net.start(first);
    const id = await loggedIn(first, net);
    await first[Symbol.asyncDispose]();
    await net.drop(id);
    assert.equal(net.keeper.ended, 1);
    await using second = await Gate.start(first.port);
    await waitFor(() => net.keeper.ended === 0, 'told end');
    assert.deepEqual(second.lost, [[id, { user: 'anna' }]]);
    assert.equal(second.sessions.size, 0);
  });

  it('is told again at the next link when the game failed to deal with it', async () => {
    await using gate = await Gate.start();
    await using net = await Net.start(gate);
    const id = await loggedIn(gate, net);
    let tries = 0;
    gate.sessions.onLost(() => {
      tries++;
      if (tries === 1) throw new Error('the database is away');
    });
    await net.drop(id);
    await waitFor(() => tries === 1, 'first try');
    await net.cut(gate);
    assert.equal(net.keeper.ended, 1);
    await net.link(gate);
    await waitFor(() => net.keeper.ended === 0, 'told end');
    assert.equal(tries, 2);
    assert.equal(gate.sessions.size, 0);
  });

  it('is dealt with once when the link is lost in the middle of it', async () => {
    await using gate = await Gate.start();
    await using net = await Net.start(gate);
    const id = await loggedIn(gate, net);
    let tries = 0;
    let finish: () => void = () => {};
    gate.sessions.onLost(() => {
      tries++;
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    await net.drop(id);
    await waitFor(() => tries === 1, 'first try');
    await net.cut(gate);
    await net.link(gate);
    // What the net node said when it linked has arrived when this is answered.
    await assert.rejects(net.remote.callRemote('nothing'));
    finish();
    await waitFor(() => net.keeper.ended === 0, 'told end');
    assert.equal(tries, 1);
  });
});

describe('what happens at gate while the link is down', () => {
  it('counts when the net node is back: changes are written through, what was forgotten stays forgotten', async () => {
    await using gate = await Gate.start();
    await using net = await Net.start(gate);
    const [changed, forgotten, untouched] = [await loggedIn(gate, net), await loggedIn(gate, net), await loggedIn(gate, net)];
    await net.cut(gate);
    gate.sessions.set(changed, { user: 'bob' });
    gate.sessions.set(forgotten, null);
    await net.link(gate);
    await waitFor(() => net.data(forgotten) === null, 'forgotten record');
    assert.deepEqual(net.data(changed), { user: 'bob' });
    assert.deepEqual(net.data(untouched), { user: 'anna' });
    assert.deepEqual([...gate.sessions.entries()].map(([id]) => id).sort(), [changed, untouched]);
    assert.deepEqual(gate.lost, []);
  });

  it('ends the sessions of a net node that stays away; when it is back after all, its clients have to log in anew', async () => {
    await using gate = await Gate.start(0, 30);
    await using net = await Net.start(gate);
    const id = await loggedIn(gate, net);
    await net.cut(gate);
    await waitFor(() => gate.lost.length === 1 && gate.sessions.size === 0, 'end of the session');
    await net.link(gate);
    await waitFor(() => net.data(id) === null, 'forgotten record');
    assert.equal(gate.sessions.size, 0);
    gate.sessions.set(id, { user: 'again' });
    await waitFor(() => (net.data(id) as { user: string } | null)?.user === 'again', 'new record');
    assert.deepEqual(gate.lost, [[id, { user: 'anna' }]]);
  });
});

describe('a net node that was restarted', () => {
  it('has ended the sessions of the one before, and only those', async () => {
    await using gate = await Gate.start();
    const before = await Net.start(gate);
    const id = await loggedIn(gate, before);
    await before.cut(gate);
    await using net = await Net.start(gate, 20_000);
    const fresh = await loggedIn(gate, net, { user: 'new' });
    await waitFor(() => gate.sessions.size === 1, 'end of the old session');
    assert.deepEqual(gate.lost, [[id, { user: 'anna' }]]);
    assert.deepEqual(gate.sessions.get(fresh)?.data, { user: 'new' });
    await before[Symbol.asyncDispose]();
  });

  it('together with gate starts with nothing, and works', async () => {
    const gate = await Gate.start();
    const net = await Net.start(gate);
    await loggedIn(gate, net);
    await Promise.all([gate[Symbol.asyncDispose](), net[Symbol.asyncDispose]()]);
    await using second = await Gate.start(gate.port);
    await using fresh = await Net.start(second, 20_000);
    assert.equal(second.sessions.size, 0);
    await loggedIn(second, fresh);
    assert.equal(second.sessions.size, 1);
  });
});

describe('a gate that dies while sessions end', () => {
  it('is no news for the log of the net node: the lost link is in it already', async () => {
    const { log: kept, lines } = keptLog();
    const gate = await Gate.start();
    await using net = await Net.start(gate, 100, kept);
    gate.sessions.onLost(() => new Promise(() => {}));
    for (const id of [await loggedIn(gate, net), await loggedIn(gate, net)]) await net.drop(id);
    assert.equal(net.keeper.ended, 2);
    await gate[Symbol.asyncDispose]();
    await net.factory.close(100);
    assert.deepEqual(lines, []);
  });
});
