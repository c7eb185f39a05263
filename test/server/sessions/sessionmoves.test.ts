/** Clients of a gate that is drained go on with the other one: also those that are slow, and those that leave in the middle. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Connection } from '../../../src/netconnect/connection';
import { moveClients } from '../../../src/server/sessions/sessionmoves';
import { waitFor } from '../../../tools/lib/wait';
import { silentLog } from '../../helpers/services';
import { World } from './twogates';

const log = silentLog();
/** No answer may take longer. */
const PROMISED_MS = 5_000;

/** Moves what gate1 has to gate2 until `over` is called. */
function drain({ factory, roots }: World) {
  const [from] = roots;
  assert.ok(from);
  const ending = new AbortController();
  let left = -1;
  const report = (now: number) => {
    left = now;
  };
  const moving = moveClients({ factory, roots, log }, from, { forGood: true, signal: ending.signal, report });
  return {
    left: () => left,
    over: async () => {
      ending.abort();
      await moving;
    },
  };
}

/** Players of gate1. */
async function players(world: World, count: number): Promise<Connection[]> {
  const all: Connection[] = [];
  while (all.length < count) {
    const client = await world.client();
    if (world.home(client) !== 'gate1') continue;
    await world.login(client);
    all.push(client);
  }
  return all;
}

describe('a client that leaves while it moves', () => {
  it('is no session of the gate that it was to go to, and its end is told to the one that it left', async () => {
    await using world = await World.start();
    const [player] = await players(world, 1);
    assert.ok(player);
    let letGo: (() => void) | undefined;
    world.gates[0].sessions.onMoved(() => new Promise<void>((resolve) => (letGo = resolve)));
    const moving = drain(world);
    await waitFor(() => letGo, 'the move');
    await world.clients[0]?.close();
    await waitFor(() => !world.factory.connmanager.getConnectionByID(player.id), 'end of the connection');
    letGo?.();
    await moving.over();
    // Behind all that the net node has told it.
    await world.roots[1]?.callRemote('nothing').catch(() => {});
    assert.deepEqual(world.gates[1].known(), []);
    await waitFor(() => world.gates[0].lost.length === 1, 'its end at gate1');
  });
});

describe('a client with a request that takes long', () => {
  it('gets its other answers in the time that is promised, though its gate is drained, and moves when it can', async () => {
    await using world = await World.start();
    const [player, other] = await players(world, 2);
    const client = world.clients[0];
    assert.ok(player && other && client);
    let finish: ((answer: string) => void) | undefined;
    world.factory.service.mapTarget(() => new Promise<string>((resolve) => (finish = resolve)), 1);
    world.factory.service.mapTarget(() => 'quick', 2);
    client.send(1);
    await waitFor(() => finish, 'the long request');
    const moving = drain(world);
    await waitFor(() => moving.left() === 1 || other.root === 'gate2', 'the move of the other one');
    for (let n = 0; n < 3; n++) assert.equal((await client.request(2, '', PROMISED_MS - 1_000)).text, 'quick');
    assert.equal(player.root, 'gate1');
    finish?.('at last');
    assert.equal((await client.receive(1)).text, 'at last');
    await waitFor(() => player.root === 'gate2', 'its move');
    await waitFor(() => world.gates[1].known().length === 2, 'both at gate2');
    await moving.over();
  });
});
