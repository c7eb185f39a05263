/** The sample game while each of its nodes is killed in turn: every request is answered, nobody but a net node's clients is cut off, and all play on. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Player, startClusterWorld } from '../clusterworld';
import { killedAndBack } from './world';

const ALL = ['dbfront', 'gate1', 'gate2', 'game1', 'game2', 'net1', 'net2'];

describe('each node that is killed while players play', () => {
  it('comes back; every request is answered, and all are served again', async () => {
    await using world = await startClusterWorld({ redialMaxMs: 500 });
    const { cluster } = world;
    const players: Player[] = [];
    for (const net of ['net1', 'net2'] as const)
      for (let n = 1; n <= 3; n++) players.push(await (await world.connect(net, `${net}p${n}`)).enter());
    let running = true;
    const answers = { good: 0, tryAgain: 0 };
    // A request without an answer ends the test: the client gives up on it.
    const play = async (player: Player): Promise<void> => {
      while (running && player.client.isOpen) {
        if (await player.where()) answers.good++;
        else answers.tryAgain++;
        await new Promise((go) => setTimeout(go, 20));
      }
    };
    const playing = players.map(play);
    for (const name of ['game1', 'game2', 'gate1', 'gate2', 'dbfront', 'net2']) {
      const exit = await killedAndBack(cluster, name, () => cluster.kill(name));
      assert.equal(exit.reason, 'was killed by SIGKILL', name);
      await cluster.whenReady(ALL);
      for (const player of players) {
        if (name === 'net2' && player.net === 'net2') {
          await player.client.closed;
          continue;
        }
        assert.ok(player.client.isOpen, `${player.name} is connected after ${name} was killed`);
        await cluster.waitFor(() => player.where(), `answer to ${player.name} after ${name} was killed`, 60_000);
      }
    }
    running = false;
    await Promise.all(playing);
    assert.ok(answers.good > 0, JSON.stringify(answers));
    const again = await (await world.connect('net2', 'net2p1')).enter();
    assert.ok(await again.where(), 'who was cut off logs in anew');
    for (const player of [...players, again]) await player.client.close();
    assert.equal(await cluster.stop(40_000), 0);
  });
});
