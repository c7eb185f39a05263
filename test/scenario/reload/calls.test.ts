/** Calls that began on the old code end on it; then, and not before, its timers end and its hooks run. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReloadWorld } from './world';

const GAME = (name: string) => `
import { after, every, onUnload, remoteserviceHandle, state } from 'firefly-ts';
interface Seen { ticks: string[]; open?: () => void }
const seen = state('seen', (): Seen => ({ ticks: [] }));
every(5, () => { seen.ticks = [...seen.ticks, '${name}'].slice(-50); });
onUnload(() => { seen.ticks.push('end of ${name}'); });
// What a call waits for may be a timer of its own code.
const bell: (() => void)[] = [];
every(5, () => { if (seen.open) for (const ring of bell.splice(0)) ring(); });
remoteserviceHandle('gate')(function answer(data: Buffer) {
  const order = data.toString();
  if (order === 'slow') return new Promise((resolve) => bell.push(() => after(20, () => resolve('${name}'))));
  if (order === 'open') seen.open = () => {};
  return JSON.stringify({ name: '${name}', ticks: seen.ticks, waiting: bell.length });
});
`;

describe('a call that began before a reload', () => {
  it('ends on its code, with the timers that it waits for; then these end', async () => {
    await using world = await ReloadWorld.start({ 'app/game.ts': GAME('old') });
    const player = await world.player();
    const other = await world.player();
    const ask = async (order: string) =>
      JSON.parse((await other.request(300, order)).text) as { name: string; ticks: string[]; waiting: number };
    const slow = player.request(300, 'slow');
    await world.cluster.waitFor(async () => (await ask('look')).waiting === 1, 'the slow call at work');
    world.edit('app/game.ts', GAME('new'));
    await world.reloaded();
    const meanwhile = await world.cluster.waitFor(async () => {
      const seen = await ask('look');
      return seen.ticks.slice(-10).includes('new') ? seen : undefined;
    }, 'ticks of the new code');
    assert.equal(meanwhile.name, 'new');
    assert.ok(!meanwhile.ticks.includes('end of old'), 'the old code ends after its call');
    await ask('open');
    assert.equal((await slow).text, 'old');
    const after = await world.cluster.waitFor(async () => {
      const { ticks } = await ask('look');
      const end = ticks.indexOf('end of old');
      return end >= 0 && ticks.length > end + 10 ? ticks.slice(end + 1) : undefined;
    }, 'the end of the old code');
    assert.deepEqual([...new Set(after)], ['new']);
  });
});
