/** A net node with two gates: each connection has one of them, and each gate knows the sessions that are its own. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NoSuchTarget } from '../../../src/errors';
import type { Connection } from '../../../src/netconnect/connection';
import { homeOf } from '../../../src/server/sessions/homes';
import { waitFor } from '../../../tools/lib/wait';
import { Gate, World } from './twogates';

describe('a connection of a net node with two gates', () => {
  it('gets one of the gates that are up, in turns, and keeps it', async () => {
    await using world = await World.start();
    const connections = [await world.client(), await world.client(), await world.client(), await world.client()];
    const homes = connections.map((connection) => world.home(connection));
    assert.deepEqual(homes, ['gate1', 'gate2', 'gate1', 'gate2']);
    assert.deepEqual(
      connections.map((connection) => world.home(connection)),
      homes,
    );
  });

  it('stays with a gate that is away when somebody is logged in on it, and goes to another one otherwise', async () => {
    await using world = await World.start();
    const [player, guest] = [await world.client(), await world.client(), await world.client()].filter((it) => world.home(it) === 'gate1');
    assert.ok(player && guest);
    await world.login(player);
    await world.stopGate(0);
    assert.deepEqual([world.home(player), world.home(guest)], ['gate1', 'gate2']);
    world.gates[0] = await Gate.start('gate1', world.gates[0].port);
    await world.linked();
    assert.deepEqual([world.home(player), world.home(guest)], ['gate1', 'gate2'], 'also when it is back');
  });

  it('has no gate when there is none to choose from', () => {
    assert.throws(() => homeOf({ id: 1, root: undefined } as Connection, []), NoSuchTarget);
  });
});

describe('a session of a net node with two gates', () => {
  it('comes back to its own gate, and to no other', async () => {
    await using world = await World.start();
    const [one, two] = [await world.client(), await world.client()];
    await world.login(one);
    await world.login(two);
    await world.restart(0);
    await world.restart(1);
    await waitFor(() => world.gates.every(({ sessions }) => sessions.size > 0), 'records');
    assert.deepEqual(
      world.gates.map((gate) => gate.known()),
      [[one.id], [two.id]],
    );
  });

  it('is told as ended to its gate alone', async () => {
    await using world = await World.start();
    const one = await world.client();
    await world.login(one);
    one.loseConnection();
    await waitFor(() => world.gates[0].lost.length > 0, 'end of the session');
    assert.deepEqual(
      world.gates.map(({ lost }) => lost),
      [[one.id], []],
    );
  });

  it('that its gate ends is gone, its client told and closed, also when the net node was away', async () => {
    await using world = await World.start();
    const told = await world.client();
    const [, client] = [await world.client(), world.clients[0]];
    assert.ok(client);
    await world.login(told);
    const [gate] = world.gates;
    const child = gate.root.childsmanager.getChildByName('net');
    assert.ok(child);
    gate.root.dropChild(child);
    await waitFor(() => !gate.root.childsmanager.getChildByName('net'), 'end of the link');
    gate.sessions.end(told.id, { reason: 'logged in elsewhere', push: { topic: 905, message: 'bye' } });
    gate.sessions.set(told.id, null);
    assert.equal(gate.sessions.get(told.id), undefined);
    assert.equal((await client.receive(905)).text, 'bye');
    await client.closed;
    assert.deepEqual([gate.lost, gate.known()], [[], []], 'the game knows, and nothing is left of it');
  });

  it('that another gate writes is told to that one as ended, and changes nothing', async () => {
    await using world = await World.start();
    const one = await world.client();
    await world.login(one);
    world.gates[1].sessions.set(one.id, { user: 'somebody else' });
    await waitFor(() => world.gates[1].lost.length > 0, 'end of the session at the wrong gate');
    assert.deepEqual(one.session?.data, { user: one.id });
    assert.deepEqual(
      world.gates.map((gate) => gate.known()),
      [[one.id], []],
    );
  });
});
