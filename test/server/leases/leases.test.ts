/** Leases over real links: never two holders of a name, whatever breaks between them and the book. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Limits } from '../../../src/config/config';
import { DEFAULT_LIMITS } from '../../../src/config/defaults';
import { LeaseBook } from '../../../src/dbentrust/leases/leasebook';
import { sqlLeaseMemory } from '../../../src/dbentrust/leases/leasememory';
import { openStore } from '../../../src/dbentrust/sql/open';
import type { SqlStore } from '../../../src/dbentrust/sql/store';
import { createIdTable } from '../../../src/dbentrust/writer/ids';
import { RemoteObject } from '../../../src/distributed/node';
import { PBRoot } from '../../../src/distributed/root';
import { LeaseHeld, PeerDown } from '../../../src/errors';
import { Leases } from '../../../src/server/leases/leases';
import { remoteLeases, serveLeases } from '../../../src/server/leases/leasewire';
import { Random } from '../../../tools/lib/fuzz/random';
import { waitFor } from '../../../tools/lib/wait';
import { type FreshDatabase, freshSqlite, silentLog } from '../../helpers/services';

const SECRET = 'a secret that is long enough';
const TTL_MS = 2_000;
/** A port on which nobody listens. */
const NOBODY = 1;
const limits: Limits = { ...DEFAULT_LIMITS, redialMinMs: 5, redialMaxMs: 20 };
const log = silentLog();

/** dbfront, as far as leases go. It can be killed: what it did not write down is gone. */
class Dbfront implements AsyncDisposable {
  #root: PBRoot | undefined;
  #book: LeaseBook | undefined;
  readonly #dead: LeaseBook[] = [];
  port = 0;

  private constructor(
    readonly database: FreshDatabase,
    readonly store: SqlStore,
    readonly ttlMs: number,
  ) {}

  static async start(ttlMs = TTL_MS): Promise<Dbfront> {
    const database = await freshSqlite();
    const store = await openStore(database.config, { dataDir: database.dataDir, sqlMs: 10_000, log });
    await createIdTable(store);
    const dbfront = new Dbfront(database, store, ttlMs);
    await dbfront.run();
    return dbfront;
  }

  async run(): Promise<void> {
    const root = new PBRoot({ name: 'dbfront', secret: SECRET, limits, log });
    const book = new LeaseBook({ memory: await sqlLeaseMemory(this.store), ttlMs: this.ttlMs, bound: 1_000, log });
    await book.start();
    serveLeases(root, book);
    this.port = await root.listen(this.port, '127.0.0.1');
    [this.#root, this.#book] = [root, book];
  }

  async end(): Promise<void> {
    await this.kill();
    await this.#dead.pop()?.stop();
  }

  /** As `end`, but nothing is written down any more. */
  async kill(): Promise<void> {
    if (this.#book) this.#dead.push(this.#book);
    this.#book = undefined;
    await this.#root?.close('it ends');
  }

  /** Cuts the link of a node, which dials again. */
  cut(node: string): void {
    const child = this.#root?.childsmanager.getChildByName(node);
    if (child) this.#root?.dropChild(child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    for (const book of this.#dead) await book.stop();
    await this.store.close();
    await this.database.drop();
  }
}

class Gate implements AsyncDisposable {
  readonly remote: RemoteObject;
  readonly leases: Leases;
  readonly lost: string[] = [];

  constructor(
    readonly name: string,
    readonly dbfront: Dbfront,
    epoch = 1,
  ) {
    this.remote = new RemoteObject({ name, root: 'dbfront', secret: SECRET, limits, log, epoch: () => epoch });
    this.leases = new Leases({ ttlMs: dbfront.ttlMs, log });
    this.leases.onLost(({ name: lease }) => this.lost.push(lease));
    this.leases.onWanted((lease) => lease.release());
    remoteLeases(this.leases, this.remote, 5_000);
    this.link();
  }

  link(): void {
    this.remote.connect({ host: '127.0.0.1', port: this.dbfront.port });
  }

  /** Ends the link and keeps it down until `link`. */
  pullCable(): void {
    this.remote.connect({ host: '127.0.0.1', port: NOBODY });
    this.dbfront.cut(this.name);
  }

  holds(lease: string): boolean {
    return this.leases.get(lease) !== undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leases.close();
    await this.remote.close('the test ends');
  }
}

describe('a lease', () => {
  it('is had once: by another node only when its holder has let go', async () => {
    await using dbfront = await Dbfront.start();
    await using first = new Gate('gate1', dbfront);
    await using second = new Gate('gate2', dbfront);
    const lease = await first.leases.acquire('a');
    assert.equal(await first.leases.acquire('a'), lease, 'it is the node’s, whoever in it asks');
    await assert.rejects(second.leases.acquire('a', { ask: false }), (error) => error instanceof LeaseHeld && error.heldBy === 'gate1');
    const next = await second.leases.acquire('a');
    assert.ok(next.token > lease.token);
    assert.deepEqual([lease.isHeld, first.holds('a'), next.isHeld], [false, false, true]);
    assert.deepEqual(first.lost, [], 'what was released is not lost');
  });

  it('is kept from who asks while its holder does not let go', async () => {
    await using dbfront = await Dbfront.start();
    await using first = new Gate('gate1', dbfront);
    await using second = new Gate('gate2', dbfront);
    const asked: string[] = [];
    first.leases.onWanted((lease, by) => asked.push(`${lease.name} by ${by}`));
    await first.leases.acquire('a');
    await assert.rejects(second.leases.acquire('a', { waitMs: 100 }), (error) => error instanceof LeaseHeld && error.retryable);
    assert.deepEqual(asked, ['a by gate2']);
    assert.ok(first.holds('a'));
  });

  it('outlives a link, and a restart of dbfront, with its token', async () => {
    await using dbfront = await Dbfront.start();
    await using first = new Gate('gate1', dbfront);
    await using second = new Gate('gate2', dbfront);
    const lease = await first.leases.acquire('a');
    dbfront.cut('gate1');
    await assert.rejects(second.leases.acquire('a', { ask: false }), LeaseHeld);
    await dbfront.kill();
    await dbfront.run();
    await second.leases.acquire('b');
    await assert.rejects(second.leases.acquire('a', { ask: false }), (error) => error instanceof LeaseHeld && error.heldBy === 'gate1');
    assert.ok(lease.isHeld);
    assert.deepEqual(first.lost, []);
  });

  it('is lost by a node that cannot renew, by its own clock, before another node has it', async () => {
    await using dbfront = await Dbfront.start();
    await using first = new Gate('gate1', dbfront);
    await using second = new Gate('gate2', dbfront);
    const lease = await first.leases.acquire('a');
    await first.remote.close('its cable is pulled');
    const next = second.leases.acquire('a', { waitMs: 60_000 }).then((it) => ({ it, lostBefore: [...first.lost], wasHeld: lease.isHeld }));
    const { lostBefore, wasHeld, it } = await next;
    assert.deepEqual([lostBefore, wasHeld], [['a'], false]);
    assert.ok(it.token > lease.token);
  });

  it('goes on with a new process of its node', async () => {
    await using dbfront = await Dbfront.start(60_000);
    await using other = new Gate('gate2', dbfront);
    let token: number;
    {
      await using killed = new Gate('gate1', dbfront);
      token = (await killed.leases.acquire('a')).token;
    }
    await assert.rejects(other.leases.acquire('a', { ask: false }), (error) => error instanceof LeaseHeld && error.heldBy === 'gate1');
    await using restarted = new Gate('gate1', dbfront, 2);
    assert.equal((await restarted.leases.acquire('a', { ask: false })).token, token);
  });

  it('is not to be had while dbfront is away, and says so in time', async () => {
    await using dbfront = await Dbfront.start();
    await using gate = new Gate('gate1', dbfront);
    await gate.leases.acquire('a');
    await dbfront.end();
    await waitFor(() => !gate.remote.isUp, 'end of the link');
    await assert.rejects(gate.leases.acquire('b', { waitMs: 50 }), PeerDown);
    assert.ok(gate.holds('a'), 'what it has it keeps for a while');
    await waitFor(() => gate.lost.length > 0, 'loss of the lease');
    assert.deepEqual([gate.lost, gate.holds('a')], [['a'], false]);
    await dbfront.run();
    assert.ok((await gate.leases.acquire('a', { waitMs: 10_000 })).isHeld);
  });
});

describe('many nodes that want the same names', () => {
  it('never hold one at the same time, while links break and dbfront is restarted', async () => {
    const seed = Date.now() % 1_000_000;
    const random = new Random(seed);
    await using dbfront = await Dbfront.start(1_000);
    const gates = ['gate1', 'gate2', 'gate3'].map((name) => new Gate(name, dbfront));
    const end = performance.now() + 8_000;
    const tokens = new Map<string, number>();
    const taken = new Map<string, number>();
    const worker = async (gate: Gate): Promise<void> => {
      while (performance.now() < end) {
        const name = random.pick(['a', 'b', 'c']);
        try {
          const lease = await gate.leases.acquire(name, { waitMs: 500 });
          // In one process: what all see is of one moment.
          const holders = gates.filter((other) => other.holds(name)).map((other) => other.name);
          assert.ok(holders.length <= 1, `seed ${seed}: ${name} is held by ${holders.join(' and ')}`);
          if (lease.isHeld) {
            assert.ok(lease.token >= (tokens.get(name) ?? 0), `seed ${seed}: token ${lease.token} after ${tokens.get(name)}`);
            tokens.set(name, lease.token);
            taken.set(gate.name, (taken.get(gate.name) ?? 0) + 1);
          }
          if (random.oneIn(2)) await lease.release();
        } catch (error) {
          assert.ok(error instanceof LeaseHeld || error instanceof PeerDown, `seed ${seed}: ${error}`);
        }
        await delay(random.below(5));
      }
    };
    const breaker = async (): Promise<void> => {
      while (performance.now() < end) {
        await delay(50 + random.below(400));
        const gate = gates[random.below(gates.length)];
        const what = random.pick(['cut', 'pull', 'pull', 'restart'] as const);
        if (what === 'cut') dbfront.cut(gate?.name ?? '');
        if (what === 'pull') {
          gate?.pullCable();
          await delay(random.below(2_000));
          gate?.link();
        }
        if (what === 'restart') {
          await (random.oneIn(2) ? dbfront.end() : dbfront.kill());
          if (random.oneIn(3)) await delay(1_200);
          await dbfront.run();
        }
      }
    };
    try {
      await Promise.all([...gates.flatMap((gate) => [worker(gate), worker(gate)]), breaker()]);
      for (const gate of gates) assert.ok(taken.get(gate.name), `${gate.name} had something`);
    } finally {
      for (const gate of gates) await gate[Symbol.asyncDispose]();
    }
  });
});
