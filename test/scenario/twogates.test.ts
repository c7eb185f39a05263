/** Two net nodes and two gates in one cluster: every client is served, every push arrives, and what dies comes back to the sessions it had. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ClusterWorld, type Player, startClusterWorld, type Whereabouts } from './clusterworld';

describe('a cluster of two net nodes, two gates and two game nodes', () => {
  let world: ClusterWorld;
  const players: Player[] = [];
  const places = new Map<Player, Whereabouts>();
  before(async () => {
    world = await startClusterWorld();
  });
  after(async () => {
    for (const player of players) await player.client.close();
    await world[Symbol.asyncDispose]();
  });

  async function restarted(node: string): Promise<void> {
    const before = (await world.cluster.status()).nodes[node]?.restarts ?? 0;
    await world.cluster.kill(node);
    await world.cluster.waitFor(async () => ((await world.cluster.status()).nodes[node]?.restarts ?? 0) > before, `restart of ${node}`);
    await world.cluster.whenReady(['dbfront', 'gate1', 'gate2', 'game1', 'game2', 'net1', 'net2'], 60_000);
  }

  it('lets players play on both nets, through both gates, on both game nodes', async () => {
    for (const net of ['net1', 'net2'] as const) {
      for (let n = 1; n <= 4; n++) players.push(await (await world.connect(net, `${net}p${n}`)).enter());
    }
    for (const player of players) {
      const place = await player.where();
      assert.ok(place, `${player.name} plays`);
      places.set(player, place);
    }
    const seen = new Set([...places].flatMap(([{ net }, { gate, node }]) => [`${net} ${gate}`, `${gate} ${node}`]));
    for (const pair of ['net1 gate1', 'net1 gate2', 'net2 gate1', 'net2 gate2', 'gate1 game1', 'gate1 game2', 'gate2 game1', 'gate2 game2'])
      assert.ok(seen.has(pair), `${pair}: ${[...seen].join(', ')}`);
    assert.equal(new Set([...places.values()].map(({ dynamicId }) => dynamicId)).size, players.length, 'each has a number of its own');
  });

  it('brings a push of each game node and of each gate to players on each net, whichever gate they came through', async () => {
    const everybody = [...places.values()].map(({ dynamicId }) => dynamicId);
    for (const [node, gate] of [
      ['game1', 'gate2'],
      ['game2', 'gate1'],
    ]) {
      const [pusher] = [...places].find(([, place]) => place.node === node && place.gate === gate) ?? [];
      assert.ok(pusher);
      await pusher.push(everybody);
    }
    for (const player of players) {
      await world.cluster.waitFor(() => player.pushed().length === 4, `four pushes to ${player.name}`);
      assert.deepEqual(player.pushed(), ['game1', 'game2', 'gate1', 'gate2']);
    }
  });

  it('has every session again after a gate was killed, breaks no connection, and asks nobody to log in', async () => {
    await restarted('gate1');
    for (const player of players) {
      assert.ok(player.client.isOpen, `${player.name} is connected still`);
      const place = await world.cluster.waitFor(() => player.where(), `answer to ${player.name} after gate1 was killed`);
      assert.deepEqual(place, places.get(player));
    }
  });

  it('asks nobody to log in when both gates and dbfront were killed', async () => {
    await Promise.all(['gate1', 'gate2', 'dbfront'].map((node) => world.cluster.kill(node)));
    for (const player of players) {
      const place = await world.cluster.waitFor(() => player.where(), `answer to ${player.name} after the gates were killed`, 60_000);
      assert.deepEqual(place, places.get(player));
      assert.ok(player.client.isOpen);
    }
    await world.cluster.whenReady(['dbfront', 'gate1', 'gate2', 'game1', 'game2', 'net1', 'net2'], 60_000);
  });

  it('gives a newcomer after the restart of a net node a number of its own, and nobody else’s session', async () => {
    const used = new Set([...places.values()].map(({ dynamicId }) => dynamicId));
    await restarted('net1');
    await Promise.all(players.filter(({ net }) => net === 'net1').map(({ client }) => client.closed));
    for (let n = 0; n < 6; n++) {
      const newcomer = await world.connect('net1', `newcomer${n}`);
      players.push(newcomer);
      assert.equal(await newcomer.where(), null, 'nobody is logged in on it');
      const place = await (await newcomer.enter()).where();
      assert.ok(place);
      assert.ok(!used.has(place.dynamicId), `${place.dynamicId} was used before`);
      used.add(place.dynamicId);
    }
    for (const player of players.filter(({ net }) => net === 'net2')) assert.deepEqual(await player.where(), places.get(player));
  });

  it('lets those of the restarted net node log in again at once, at whichever gate', async () => {
    for (const net of ['net1', 'net2'] as const) {
      for (const gate of ['gate1', 'gate2']) {
        const player = await world.connectAt(net, gate, 'net1p1');
        players.push(await player.enter());
        assert.equal((await player.where())?.gate, gate);
      }
    }
    const open = players.filter(({ name, client }) => name === 'net1p1' && client.isOpen);
    const served = (await Promise.all(open.map((player) => player.where()))).filter((place) => place !== null);
    assert.equal(served.length, 1);
  });
});
