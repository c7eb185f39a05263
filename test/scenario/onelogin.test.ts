/** An account is logged in once, whatever happens to gates and to dbfront: two sessions of it are never both served. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Player, startClusterWorld } from './clusterworld';

const ROUNDS = 50;
const LEASE_MS = 6_000;

describe('two logins of one account at one moment, through different nets and gates', () => {
  it(`are never both served, in ${ROUNDS} rounds with dbfront killed in between`, async () => {
    await using world = await startClusterWorld();
    const { cluster } = world;
    await using first = await (await world.connect('net1', 'rival')).enter();
    const { characterId } = first;
    await first.client.close();

    /** Rounds in which dbfront is killed, and when: right before both log in, or a little later. */
    const kills = new Map([
      [10, 0],
      [20, 20],
      [30, 60],
      [40, 150],
    ]);
    const served: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const [left, right] = round % 2 ? (['gate1', 'gate2'] as const) : (['gate2', 'gate1'] as const);
      const pair = await Promise.all([world.connectAt('net1', left, 'rival'), world.connectAt('net2', right, 'rival')]);
      const killMs = kills.get(round);
      const dbfront = killMs === undefined ? 0 : ((await cluster.status()).nodes.dbfront?.pid ?? 0);
      if (killMs === 0) process.kill(dbfront, 'SIGKILL');
      const logins = pair.map((player) => player.login());
      if (killMs) {
        await delay(killMs);
        process.kill(dbfront, 'SIGKILL');
      }
      const answers = await Promise.all(logins);
      const counts: number[] = [];
      for (let times = 0; times < 3; times++)
        counts.push((await Promise.all(pair.map((player) => isServed(player, characterId)))).filter(Boolean).length);
      assert.ok(Math.max(...counts) <= 1, `round ${round}: ${counts.join(', ')} sessions were served at a time`);
      served.push(Math.max(...counts));
      if (killMs === undefined && answers.every(({ result }) => result)) {
        const [told] = pair.filter(({ client }) => !client.isOpen);
        assert.ok(told, `round ${round}: one of two that were let in is closed`);
        assert.deepEqual(
          told.pushes.map(({ command }) => command),
          [905],
          'and told why',
        );
      }
      for (const { client } of pair) await client.close();
      if (killMs === undefined) continue;
      for (const gate of [left, right]) {
        const probe = await world.connectAt('net1', gate, 'probe');
        await cluster.waitFor(async () => (await probe.login()).result, `login at ${gate} after dbfront was killed`, 60_000);
        await probe.client.close();
      }
    }
    const won = served.filter((count) => count === 1).length;
    assert.ok(won >= ROUNDS - kills.size, `in ${won} of ${ROUNDS} rounds somebody was served`);
  });
});

describe('a gate that is frozen for longer than its leases last', () => {
  it('loses its accounts to another gate, and serves the old session no more when it thaws', async () => {
    await using world = await startClusterWorld({ leaseMs: LEASE_MS });
    const { cluster } = world;
    await using frozen = await (await world.connectAt('net1', 'gate1', 'sleeper')).enter();
    assert.equal((await frozen.where())?.gate, 'gate1');

    const pid = await cluster.kill('gate1', 'SIGSTOP');
    // It lies in the frozen gate's socket, and is the first that it reads when it thaws.
    const early = frozen.where();
    await using awake = await world.connectAt('net2', 'gate2', 'sleeper');
    await cluster.waitFor(async () => (await awake.login()).result, 'login at gate2 when the lease has run out', LEASE_MS * 5);
    assert.equal((await awake.ask(103, { characterId: frozen.characterId })).result, true);
    const place = await awake.where();
    assert.equal(place?.gate, 'gate2');

    process.kill(pid, 'SIGCONT');
    assert.equal(await early, null);
    await cluster.waitFor(() => isEnded(frozen), 'end of the old session', 60_000);
    assert.deepEqual(
      frozen.pushes.map(({ command }) => command),
      [905],
      'its client was told before it was closed',
    );
    assert.deepEqual(await awake.where(), place, 'the new session goes on');
  });

  it('that is killed then, and whose clients come through the other gate, knows that they are there', async () => {
    await using world = await startClusterWorld({ leaseMs: LEASE_MS });
    const { cluster } = world;
    await using old = await (await world.connectAt('net1', 'gate1', 'mover')).enter();
    await cluster.kill('gate1', 'SIGSTOP');
    await using mover = await world.connectAt('net2', 'gate2', 'mover');
    await cluster.waitFor(async () => (await mover.login()).result, 'login at gate2 when the lease has run out', LEASE_MS * 5);
    await cluster.kill('gate1');
    await cluster.waitFor(() => isEnded(old), 'end of the old session', 60_000);
    assert.equal((await mover.ask(103, { characterId: old.characterId })).result, true);
    assert.equal((await mover.where())?.gate, 'gate2');
  });
});

async function isServed(player: Player, characterId: number): Promise<boolean> {
  return (await player.try(103, { characterId })).result;
}

/** Whether its gate has closed it; nothing is served before. */
async function isEnded(player: Player): Promise<boolean> {
  assert.equal(await player.where(), null);
  return !player.client.isOpen;
}
