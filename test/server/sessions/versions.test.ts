/** Gates whose clocks differ: what is written last counts, whoever wrote it. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Versions } from '../../../src/server/sessions/versions';
import { waitFor } from '../../../tools/lib/wait';
import { Gate, World } from './twogates';

const MINUTE = 60_000;

/** From here on the clock of whoever writes is off by so much. */
function shiftClock(t: TestContext, byMs: number): void {
  t.mock.restoreAll();
  const now = Date.now.bind(Date);
  t.mock.method(Date, 'now', () => now() + byMs);
}

describe('versions', () => {
  it('rise with the clock, behind what was seen, and when the clock stands still or goes back', (t) => {
    let now = 1_000;
    t.mock.method(Date, 'now', () => now);
    const versions = new Versions();
    const given = [versions.next(), versions.next()];
    now = 5_000;
    given.push(versions.next());
    versions.see(9_000);
    given.push(versions.next());
    now = 2_000;
    versions.see(7_000);
    given.push(versions.next());
    assert.deepEqual(given, [1_000, 1_001, 5_000, 9_001, 9_002]);
    assert.equal(versions.newest, 9_002);
  });
});

describe('a record that is written by a gate whose clock is a minute behind', () => {
  it('counts, when the client was logged out by the other gate before', async (t) => {
    await using world = await World.start();
    const player = await world.client();
    assert.equal(world.home(player), 'gate1');
    shiftClock(t, MINUTE);
    await world.login(player);
    world.gates[0].sessions.set(player.id, null);
    await waitFor(() => player.session?.data === null, 'the logout beside the connection');
    shiftClock(t, 0);
    await world.stopGate(0);
    assert.equal(world.home(player), 'gate2');
    // What a request would bring: it is behind what the net node has told.
    await world.roots[1]?.callRemote('nothing').catch(() => {});
    world.gates[1].sessions.set(player.id, { user: 'again' });
    await waitFor(() => player.session?.data !== null, 'the login beside the connection');
    await world.stopGate(1);
    world.gates[1] = await Gate.start('gate2', world.gates[1].port);
    await waitFor(() => world.gates[1].known().length === 1, 'the record at the gate that was restarted');
  });

  it('counts, when it is the same gate, restarted on another host', async (t) => {
    await using world = await World.start();
    const player = await world.client();
    shiftClock(t, MINUTE);
    await world.login(player);
    world.gates[0].sessions.set(player.id, null);
    await waitFor(() => player.session?.data === null, 'the logout beside the connection');
    shiftClock(t, 0);
    await world.restart(0);
    await world.roots[0]?.callRemote('nothing').catch(() => {});
    world.gates[0].sessions.set(player.id, { user: 'again' });
    await waitFor(() => player.session?.data !== null, 'the login beside the connection');
  });
});
