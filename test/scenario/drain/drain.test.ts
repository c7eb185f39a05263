/** A node that is drained gets nothing new, what it has is moved or ends, and it leaves; its players notice nothing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Run } from '../../../tools/rolling/run';
import { newest, operate, whenAt } from '../../helpers/operations';
import { startClusterWorld } from '../clusterworld';

const PATIENT = { holdMs: 30_000, rpcDeadlineMs: 60_000 };
const NOTHING_LOST = { unanswered: 0, failures: {}, duplicates: 0, misplaced: 0, broken: 0, pushesLost: 0 };

const lossesOf = ({ tally }: Run) => ({
  unanswered: tally.sent - tally.answered,
  failures: Object.fromEntries(tally.failures),
  duplicates: tally.duplicates,
  misplaced: tally.misplaced,
  broken: tally.connectionsBroken,
  pushesLost: tally.pushesAsked - tally.pushesReceived,
});

/** Players on two of each, at a pace that leaves the machine room. */
const PLAY = { config: 'config.cluster.json', clients: 40, requests: 0, perSecond: 400, rounds: 1, limits: PATIENT };

describe('a game node that is drained under load', () => {
  it('has its players moved to another one, leaves, stays away, and comes back when it is started; nothing is lost', async () => {
    await using run = await Run.start({
      ...PLAY,
      work: async (run) => {
        const drained = await run.operate('/drain?node=game1');
        assert.match(drained.lines.join('\n'), /game1 is empty[\s\S]*stays away until it is started/);
        const { game1 } = (await run.cluster.status()).nodes;
        assert.equal(game1?.state, 'exited');
        await run.operate('/start?node=game1');
        await run.operate('/drain?node=game2');
        await run.operate('/start?node=game2');
      },
    });
    const { wrong } = await run.play();
    assert.deepEqual({ ...lossesOf(run), wrong }, { ...NOTHING_LOST, wrong: [] });
  });
});

describe('a gate that is drained under load', () => {
  it('hands its clients to the other one, leaves, and comes back; nothing is lost, and nobody logs in again', async () => {
    await using run = await Run.start({
      ...PLAY,
      work: async (run) => {
        for (const gate of ['gate1', 'gate2']) {
          const drained = await run.operate(`/drain?node=${gate}`);
          assert.match(drained.lines.join('\n'), new RegExp(`${gate} is empty`));
          await run.operate(`/start?node=${gate}`);
        }
      },
    });
    const { wrong } = await run.play();
    assert.deepEqual({ ...lossesOf(run), wrong }, { ...NOTHING_LOST, wrong: [] });
  });
});

describe('a net node that is drained', () => {
  it('takes no new client and leaves when the last one has gone', async () => {
    await using world = await startClusterWorld();
    const { cluster } = world;
    const last = await (await world.connect('net1', 'last')).enter();
    assert.equal((await cluster.post('/drain?node=net1&deadlineMs=120000')).status, 202);
    await whenAt(cluster, /1 left with net1/);
    assert.ok(await last.where(), 'it plays on');
    await assert.rejects(world.connect('net1', 'late'));
    await last.client.close();
    await cluster.waitFor(async () => (await newest(cluster)).state === 'done', 'end of the drain', 60_000);
  });
});

describe('a drain', () => {
  it('of the only game node waits for its players to leave, says so, and goes at the deadline', async () => {
    await using world = await startClusterWorld();
    const { cluster } = world;
    assert.equal((await operate(cluster, '/drain?node=game2')).state, 'done');
    await using player = await (await world.connect('net1', 'lasting')).enter();
    const operation = await operate(cluster, '/drain?node=game1&deadlineMs=1500');
    assert.equal(operation.state, 'done', operation.lines.join('\n'));
    assert.match(
      operation.lines.join('\n'),
      /1 left with game1: no other game node is there[\s\S]*game1 leaves at the deadline with 1 left/,
    );
    assert.equal((await player.where()) ?? null, null);
    assert.equal((await operate(cluster, '/start?node=game1')).state, 'done');
    // Its session was never lost: the player is brought in again.
    await cluster.waitFor(() => player.where(), 'the player in the game again');
  });

  it('ends as soon as the last player has left', async () => {
    await using world = await startClusterWorld();
    const { cluster } = world;
    assert.equal((await operate(cluster, '/drain?node=game2')).state, 'done');
    const player = await (await world.connect('net1', 'leaving')).enter();
    assert.equal((await cluster.post('/drain?node=game1&deadlineMs=120000')).status, 202);
    await whenAt(cluster, /1 left with game1/);
    await player.client.close();
    const operation = await cluster.waitFor(
      async () => {
        const now = await newest(cluster);
        return now.state === 'running' ? undefined : now;
      },
      'end of the drain',
      60_000,
    );
    assert.equal(operation.state, 'done');
    assert.match(operation.lines.join('\n'), /game1 is empty/);
  });

  it('of dbfront is refused, and of a node that does not run', async () => {
    await using world = await startClusterWorld();
    const { cluster } = world;
    const refused = await cluster.post('/drain?node=dbfront');
    assert.equal(refused.status, 409);
    assert.match(refused.text, /dbfront writes for all others/);
    assert.equal((await operate(cluster, '/drain?node=game2')).state, 'done');
    assert.match((await cluster.post('/drain?node=game2')).text, /game2 does not run/);
  });

  it('of a node that dies meanwhile fails with the reason, and the node stays away', async () => {
    await using world = await startClusterWorld();
    const { cluster } = world;
    assert.equal((await operate(cluster, '/drain?node=game2')).state, 'done');
    await using _player = await (await world.connect('net1', 'staying')).enter();
    assert.equal((await cluster.post('/drain?node=game1&deadlineMs=120000')).status, 202);
    await whenAt(cluster, /1 left with game1/);
    await cluster.kill('game1');
    const operation = await cluster.waitFor(async () => {
      const now = await newest(cluster);
      return now.state === 'running' ? undefined : now;
    }, 'end of the drain');
    assert.equal(operation.state, 'failed');
    assert.match(operation.error ?? '', /game1 ended before it was empty: .*SIGKILL; it stays away until it is started/);
    assert.equal((await cluster.status()).nodes.game1?.state, 'exited');
  });
});

describe('a net node that is restarted', () => {
  it('tells each client so before it closes them; they come back, and those of the other net node see nothing', async () => {
    await using world = await startClusterWorld();
    const { cluster } = world;
    const gone = await (await world.connect('net1', 'first')).enter();
    await using stays = await (await world.connect('net2', 'second')).enter();
    const operation = await operate(cluster, '/restart?node=net1');
    assert.equal(operation.state, 'done', operation.lines.join('\n'));
    await gone.client.closed;
    assert.deepEqual(
      gone.pushes.map(({ command }) => command),
      [906],
    );
    assert.ok(await stays.where());
    assert.deepEqual(stays.pushes, []);
    await using again = await (await world.connect('net1', 'first')).enter();
    assert.ok(await again.where());
  });
});
