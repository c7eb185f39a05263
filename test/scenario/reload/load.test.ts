/** Reloads under load, one after the other: no request fails, each answer is of one code or the other, and the heap comes back to where it was. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reloadUnderLoad } from '../../../tools/lib/reloading';
import type { GameClient } from '../../helpers/client';
import { ReloadWorld, textWith } from './world';

const WARM_UP = 10;
const RELOADS = 50;
const CLIENTS = 8;
/** Of the heap after the first ten; a generation that stays has a table of 200 KB in it, so fifty of them are several times the heap. */
const MOST_GROWTH = 0.1;

const GAME = `
import { every, GlobalObject, onUnload, remoteserviceHandle, state } from 'firefly-ts';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { text } from './text';
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const count = state('count', () => ({ calls: 0 }));
const table = Array.from({ length: 20_000 }, (_, n) => n + 0.5);
every(1_000, () => table.length);
onUnload(() => table.length);
remoteserviceHandle('gate')(async function answer(data: Buffer) {
  if (data.toString() === 'heap') {
    collect();
    collect();
    return String(process.memoryUsage().heapUsed);
  }
  count.calls++;
  await new Promise((resolve) => setImmediate(resolve));
  return \`\${GlobalObject().config.name ?? ''}\${text} \${table.length}\`;
});
`;

/** The least of some: what a collection finds in use by the turn that asks for it, the next one frees. */
async function heapOf(player: GameClient, command: number): Promise<number> {
  const seen: number[] = [];
  for (let n = 0; n < 3; n++) seen.push(Number((await player.request(command, 'heap')).text));
  return Math.min(...seen);
}

describe(`${RELOADS} reloads under load`, () => {
  it('fail no request, and leave the heap as it was', async () => {
    await using world = await ReloadWorld.start({ 'app/game.ts': GAME });
    const players = await Promise.all(Array.from({ length: CLIENTS }, () => world.player()));
    const clients = players.map((player, n) => async () => {
      const { text } = await player.request(n % 2 === 0 ? 300 : 301, 'ask');
      assert.match(text, /^(first text|text \d+) 20000$/);
    });
    const player = await world.player();
    const heap = () => heapOf(player, 300);
    const run = async (times: number) =>
      reloadUnderLoad({ clients, everyMs: 5 }, times, async (round) => {
        world.edit('app/text.ts', `export const text = 'text ${round}';\n`);
        const { answer } = await world.reload();
        return answer;
      });
    await run(WARM_UP);
    const first = await heap();
    const { requests, prepareMs } = await run(RELOADS);
    assert.equal(prepareMs.length, RELOADS);
    assert.ok(requests > RELOADS, `${requests} requests`);
    const growth = (await heap()) / first - 1;
    assert.ok(growth < MOST_GROWTH, `the heap of game1 grew by ${(100 * growth).toFixed(1)} % from ${first} bytes`);
    assert.equal((await player.request(300, 'ask')).text, `text ${RELOADS - 1} 20000`);
  });

  it('leave nothing behind when they are refused: neither in the node that cannot load, nor in the one that had', async () => {
    await using world = await ReloadWorld.start({ 'app/game.ts': GAME });
    const player = await world.player();
    const heaps = async () => [await heapOf(player, 300), await heapOf(player, 301)];
    const refuse = async (times: number) => {
      for (let round = 0; round < times; round++) {
        world.edit('app/text.ts', textWith(`text ${round}`, 'game2', `throw new Error('round ${round}');`));
        assert.equal((await world.reload()).status, 422);
      }
      return heaps();
    };
    const first = await refuse(WARM_UP);
    const last = await refuse(RELOADS);
    for (const [at, node] of ['game1', 'game2'].entries()) {
      const growth = (last[at] ?? 0) / (first[at] ?? 0) - 1;
      assert.ok(growth < MOST_GROWTH, `the heap of ${node} grew by ${(100 * growth).toFixed(1)} % from ${first[at]} bytes`);
    }
    assert.equal((await player.request(300, 'ask')).text, 'first text 20000');
  });
});
