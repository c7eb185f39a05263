/** The campaign over the wire: commands 4500 and 4501. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { en } from '../../../app/share/texts/en';
import { type PlaygroundPlayer, type Reply, usePlayground } from './playground';

const HIRE = 2301;
const CHANGE_FORMATION = 2307;
const HIRE_RECORDS = 2309;
const CAMPAIGN = 4500;
const FIGHT = 4501;

const FIRST = 1000;
const LAST = 1052;
/** Coins and experience for the first chapter. */
const SPOILS = { coin: 248, exp: 124 };
const EQUIPMENT = 10150001;

interface FightReply extends Reply {
  readonly star: number;
  readonly data: {
    readonly battleResult: number;
    readonly startData: readonly Record<string, unknown>[];
    readonly stepData: readonly Record<string, unknown>[];
    readonly setData: {
      readonly coin: number;
      readonly exp: number;
      readonly star: number;
      readonly item: number[];
      readonly huoli: number;
    };
  };
}

describe('the campaign', () => {
  const game = usePlayground();

  const progress = async (player: PlaygroundPlayer, index = 0) => (await player.does(CAMPAIGN, { index })).data;
  const fight = async (player: PlaygroundPlayer, zjid: number) => (await player.does(FIGHT, { zjid })) as FightReply;

  it('brings what it promises, and opens the next chapter', async () => {
    const player = await game.enter('winner');
    assert.deepEqual(await progress(player), { cityid: FIRST, citylist: [] });
    const reply = await fight(player, FIRST);
    const { star } = reply;
    const [item = 0] = reply.data.setData.item;
    assert.deepEqual(Object.keys(reply).sort(), ['data', 'message', 'result', 'star']);
    assert.ok(star === 3 || star === 2, 'one foe; a blow may miss it');
    assert.deepEqual([reply.message, reply.data.battleResult], ['', 1]);
    assert.deepEqual(reply.data.setData, { ...SPOILS, star, item: [item], huoli: -1 });
    assert.deepEqual(reply.data.startData[0], {
      chaId: player.characterId,
      chaBattleId: 15,
      chaName: 'winner',
      chaLevel: 1,
      chaDirection: 1,
      chaCurrentHp: 56,
      chaTotalHp: 56,
      chaPos: 5,
      chaIcon: 1,
    });
    assert.equal(reply.data.stepData.length > 0, true);
    const { character, items, stages } = await player.owned();
    assert.deepEqual([character.coin, character.exp, character.energy, character.guanqia], [10_248, 124, 29, 1001]);
    assert.deepEqual(
      items.map(({ itemTemplateId, stack }) => [itemTemplateId, stack]),
      [[item, 1]],
    );
    assert.deepEqual(
      stages.map(({ zhangjie, star }) => [zhangjie, star]),
      [[FIRST, star]],
    );
    assert.deepEqual(await progress(player), { cityid: 1001, citylist: [star] });
    assert.deepEqual(await progress(player, FIRST), { cityid: FIRST, citylist: [star] });
  });

  it('may be fought again for the same spoils, and raises levels', async () => {
    const player = await game.enter('climber');
    await fight(player, FIRST);
    await fight(player, FIRST);
    const { character, stages } = await player.owned();
    // Level 1 needs 218.
    assert.deepEqual(
      [character.level, character.exp, character.coin, stages.length],
      [2, 2 * SPOILS.exp - 218, 10_000 + 2 * SPOILS.coin, 1],
    );
  });

  it('remembers more stars than before, time and again, and never fewer', async () => {
    const player = await game.enter('improver');
    await player.grant({ character: { level: 50 }, pets: Array.from({ length: 8 }, () => 15005), petLevel: 50 });
    const fightThree = async () => {
      for (let chapter = FIRST; chapter < FIRST + 3; chapter++) await fight(player, chapter);
      return ((await progress(player)) as { citylist: number[] }).citylist;
    };
    const [, second = 0, third = 0] = await fightThree();
    assert.ok(second < 3 && third < 3, 'two foes take a hero alone two rounds at least');
    const places = [1, 2, 3, 4, 6, 7, 8, 9];
    const { pets } = await player.owned();
    for (const [at, { id }] of pets.entries())
      await player.does(CHANGE_FORMATION, { petId: id, chatype: 3, operType: 0, fromPos: 0, toPos: places[at] });
    assert.deepEqual(await fightThree(), [3, 3, 3]);
    for (const fromPos of places) await player.does(CHANGE_FORMATION, { petId: 0, chatype: 3, operType: 1, fromPos, toPos: 0 });
    assert.deepEqual(await fightThree(), [3, 3, 3]);
    assert.equal((await player.owned()).stages.length, 3);
  });

  it('takes its energy and nothing else for a fight that is lost', async () => {
    const player = await game.enter('loser', 2);
    await player.grant({ character: { level: 60 } });
    for (let chapter = FIRST; chapter < FIRST + 12; chapter++) await fight(player, chapter);
    await player.grant({ character: { level: 1, exp: 0 } });
    const before = await player.owned();
    const reply = await fight(player, FIRST + 11);
    assert.deepEqual([reply.star, reply.data.battleResult, reply.data.setData], [0, 2, { coin: 0, exp: 0, star: 0, item: [], huoli: -1 }]);
    const lost = await player.owned();
    const { energy, energytime, revision } = lost.character;
    assert.equal(Number(before.character.energy) - Number(energy), 1);
    assert.deepEqual(lost, { ...before, character: { ...before.character, energy, energytime, revision } });
  });

  it('goes on at its last chapter when all are finished', async () => {
    const player = await game.enter('finisher');
    await player.grant({ character: { level: 100, packageSize: 200 } });
    for (let chapter = FIRST; chapter <= LAST; chapter++) {
      await player.grant({ character: { energy: 30 } });
      const { star } = await fight(player, chapter);
      assert.ok(star > 0, `chapter ${chapter}`);
    }
    const { cityid, citylist } = (await progress(player)) as { cityid: number; citylist: number[] };
    assert.deepEqual([cityid, citylist.length], [LAST, LAST - FIRST + 1]);
    await fight(player, LAST);
    assert.equal((await player.owned()).character.guanqia, LAST);
  });

  it('leaves behind what the package has no room for', async () => {
    const player = await game.enter('packrat');
    await player.grant({ character: { packageSize: 1 }, items: [[EQUIPMENT, 1]] });
    const reply = await fight(player, FIRST);
    assert.deepEqual([reply.message, reply.star > 0, reply.data.setData.item], [en.packageFull, true, []]);
    const { character, items } = await player.owned();
    assert.deepEqual([character.coin, items.length], [10_248, 1]);
  });

  it('refuses what is not open, what is no chapter, and who has no energy', async () => {
    const player = await game.enter('refused');
    await player.isRefused(FIGHT, { zjid: FIRST + 1 }, en.chapterClosed);
    await player.isRefused(FIGHT, { zjid: FIRST - 1 }, en.chapterMissing);
    for (const zjid of [undefined, null, '1000', 1000.5, -1, [1000]]) await player.isRefused(FIGHT, { zjid }, /zjid$/);
    await player.isRefused(FIGHT, { zjid: FIRST, characterId: player.characterId + 1 }, /characterId$/);
    for (const index of [undefined, 'x', -1]) await player.isRefused(CAMPAIGN, { index }, /index$/);
    await player.isRefused(CAMPAIGN, { index: 7 }, en.chapterMissing);
    await player.grant({ character: { energy: 0, energytime: Math.floor(Date.now() / 1000) } });
    await player.isRefused(FIGHT, { zjid: FIRST }, en.notEnoughEnergy);
  });

  it('is fought once with the last energy, however many ask at once', async () => {
    const player = await game.enter('tired');
    await player.grant({ character: { energy: 1, energytime: Math.floor(Date.now() / 1000) } });
    const replies = await Promise.all(Array.from({ length: 5 }, () => player.ask(FIGHT, { zjid: FIRST })));
    assert.deepEqual(
      replies.map(({ result }) => result),
      [true, false, false, false, false],
    );
    assert.equal((await player.owned()).character.coin, 10_248);
  });

  it('pays a hired player, who leaves the formation', async () => {
    const [player, hired] = [await game.enter('employer'), await game.enter('helper', 3)];
    await hired.grant({ character: { energy: 5, energytime: Math.floor(Date.now() / 1000) } });
    await player.does(HIRE, { friendid: hired.characterId });
    await player.does(CHANGE_FORMATION, { petId: hired.characterId, chatype: 2, operType: 0, fromPos: 0, toPos: 2 });
    const reply = await fight(player, FIRST);
    assert.deepEqual(
      reply.data.startData.map(({ chaId }) => chaId),
      [hired.characterId, player.characterId, 101],
    );
    assert.equal((await player.owned()).formation.eyes_2, -1);
    const { coin, energy } = (await hired.owned()).character;
    assert.deepEqual([coin, energy], [10_100, 6]);
    const records = (await hired.does(HIRE_RECORDS)).data as { recordlist: unknown[] };
    assert.equal(records.recordlist.length, 1);
  });
});
