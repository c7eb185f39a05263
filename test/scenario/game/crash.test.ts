/** A trade is made as a whole or not at all, whatever dies in the middle of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Owned, type PlaygroundPlayer, usePlayground } from './playground';
import { BOOK, PAGE } from './things';

const PAGES = 160;
const COINS = 1_000_000;
const TRADES = PAGES / 4;

describe('trades in flight', () => {
  const game = usePlayground();

  async function trader(name: string): Promise<PlaygroundPlayer> {
    const player = await game.enter(name);
    await player.grant({ character: { coin: COINS, packageSize: 100 }, items: [] });
    await player.grant({ items: [[PAGE, PAGES]] });
    return player;
  }

  /** What the player owns when nothing of it changes any more: requests of a connection that is gone may still be under way. */
  async function atRest(player: PlaygroundPlayer): Promise<Owned> {
    let before = '';
    return game.cluster.waitFor(async () => {
      const owned = await player.owned();
      const same = JSON.stringify(owned) === before;
      before = JSON.stringify(owned);
      return same ? owned : undefined;
    }, `the end of the trades of ${player.name}`);
  }

  /** Books that were made; that each of them was paid is checked. */
  async function books(player: PlaygroundPlayer): Promise<number> {
    const { items, character } = await atRest(player);
    const count = (template: number) =>
      items.reduce((sum, { itemTemplateId, stack }) => (itemTemplateId === template ? sum + Number(stack) : sum), 0);
    const made = count(BOOK);
    assert.deepEqual([count(PAGE), character.coin], [PAGES - 4 * made, COINS - 1000 * made], `${made} books were made`);
    return made;
  }

  for (const node of ['game1', 'dbfront']) {
    it(`are whole after the death of ${node}`, async () => {
      const player = await trader(`of${node}`);
      const answers: boolean[] = [];
      const trades = Array.from({ length: TRADES }, async () => {
        const { result } = await player.ask(2116, { tempid: PAGE });
        answers.push(result);
      });
      await Promise.race(trades);
      await game.cluster.kill(node);
      await Promise.all(trades);
      await game.cluster.whenReady(['dbfront', 'game1']);
      await game.cluster.waitFor(async () => (await player.ask(105)).result, `answer to 105 after the death of ${node}`);
      const made = await books(player);
      const said = answers.filter(Boolean).length;
      assert.ok(said >= 1 && made >= said, `${said} were acknowledged and ${made} were made`);
      await player.does(204);
    });
  }

  it('are whole when the client hangs up among them', async () => {
    const player = await trader('hasty');
    const trades = Array.from({ length: TRADES }, () => player.ask(2116, { tempid: PAGE }));
    await Promise.race(trades);
    await player.client.close();
    const settled = await Promise.allSettled(trades);
    const again = await game.enter('hasty');
    assert.equal(again.characterId, player.characterId);
    const made = await books(again);
    const said = settled.filter((one) => one.status === 'fulfilled').length;
    assert.ok(said >= 1 && made >= said, `${said} were acknowledged and ${made} were made`);
  });
});
