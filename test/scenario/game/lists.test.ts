/** What a game node remembers of a character's lists, when another node changes them in between. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { http } from '../../helpers/http';
import { usePlayground } from './playground';
import { HERO, SHARD } from './things';

const ADMIN_PORT = 2012;
const PACKAGE = 204;
const PETS = 2300;
const FIGHT = 4501;
const FIRST = 1000;

describe('lists that a game node knows', () => {
  const game = usePlayground();

  it('are what this node has made of them, and what another node adds to them between two fights', async () => {
    const player = await game.enter('keeper');
    const operate = async (operation: string, fields: Record<string, number>) => {
      const body = new URLSearchParams({ username: player.name, operation });
      for (const [name, value] of Object.entries(fields)) body.set(name, String(value));
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
      const answer = await http({ port: game.cluster.port(ADMIN_PORT), path: '/opera', method: 'POST', headers, body: body.toString() });
      assert.equal(answer.text, 'Success');
    };
    for (let round = 0; round < 4; round++) {
      await player.grant({ energy: 2, character: { level: 20 } });
      await player.does(FIGHT, { zjid: FIRST + round });
      await operate('addItem', { template: SHARD, count: 7 });
      await operate('addPet', { template: HERO });
      await player.does(FIGHT, { zjid: FIRST + round });
      const { items, pets, stages } = await player.owned();
      const shown = async (command: number, list: string) => {
        const { data = {} } = await player.does(command);
        return (data[list] as unknown[]).length;
      };
      assert.deepEqual([await shown(PACKAGE, 'itemlist'), await shown(PETS, 'petlist')], [items.length, pets.length]);
      const shards = items.filter(({ itemTemplateId }) => itemTemplateId === SHARD).map(({ stack }) => Number(stack));
      assert.ok(shards.reduce((sum, stack) => sum + stack, 0) >= 7 * (round + 1), 'what the operator gave is there');
      assert.deepEqual([pets.length, stages.length], [round + 1, round + 1]);
    }
  });
});
