/** Every command of the game in one story, from an account's first login to the arena: each reply has exactly the fields that clients know. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as commands from '../../../app/share/commands';
import { en } from '../../../app/share/texts/en';
import { readPage } from '../../docs/page';
import { type Battle, seesBuffs } from './everycommand/buffs';
import { OF_OUR_OWN, PUSHES, SHAPES, UNREACHABLE } from './everycommand/shapes';
import { credentials, type Outcome, Tour, type Tourist } from './everycommand/tour';
import { usePlayground } from './playground';
import { BLADE, BOOK, EGG, PAGE, SHARD } from './things';

/** What is worn on the body, and grows when it is fed with its like. */
const SHIRT = 10150005;
const SCROLL = 42004026;
/** A pet whose skill leaves a buff that hurts; one of its first grade is not enough for the second. The grown one strikes with it in the second round. */
const POISONER = 15005;
const GROWN_POISONER = 15008;
const [HIRED, PET] = [2, 3];
const [JOIN, LEAVE, MOVE] = [0, 1, 2];

interface Listed {
  readonly itemid: number;
  readonly tempid: number;
}
interface Entry {
  readonly chaid: number;
  readonly tempid: number;
}

/** A reply's own list, by template. */
const idOf = (items: readonly Listed[], template: number) => items.find(({ tempid }) => tempid === template)?.itemid;

describe('a tour of the game', () => {
  const game = usePlayground();
  let tour: Tour;
  let adele: Tourist;
  let boris: Tourist;
  let cedric: Tourist;
  const items = async () => (await adele.does<{ itemlist: Listed[] }>(204)).itemlist;
  const pets = async () => (await adele.does<{ petlist: Entry[] }>(2300)).petlist;

  before(async () => {
    tour = new Tour(game.cluster);
    adele = await tour.connect('adele');
  });
  after(() => tour[Symbol.asyncDispose]());

  it('has nothing for who is not logged in', async () => {
    await adele.isRefused(102, { rolename: 'adele', profession: 1 }, 'conn_error');
    await adele.isRefused(103, { characterId: 1_000_001 }, 'conn_error');
    for (const command of commands.FORWARDED) await adele.isRefused(command, {}, en.notEntered);
  });

  it('begins with an account', async () => {
    await adele.isRefused(101, credentials('adele', '1'), 'psd_error');
    await adele.isRefused(101, { username: 'adele' });
    await adele.isRefused(101, { username: ['adele'], password: 'adele-pw' });
    const { hasRole, characterId } = await adele.does(101, credentials('adele'));
    assert.deepEqual([hasRole, characterId], [false, 0]);
    boris = await tour.connect('boris');
    await boris.isRefused(101, credentials('adele', 'another'), 'psd_error');
  });

  it('and a role', async () => {
    await adele.isRefused(103, { characterId: 1_000_001 }, 'norole');
    for (const profession of [0, 7, 'x']) await adele.isRefused(102, { rolename: 'adele', profession }, 'profession_error');
    await adele.isRefused(102, { rolename: 'a', profession: 1 }, 'yhm_buhege');
    await adele.isRefused(102, { rolename: 'admin', profession: 1 }, 'yhm_feifa');
    const { userId, newCharacterId } = await adele.does(102, { rolename: 'adele', profession: '1' });
    assert.equal(newCharacterId, 1_000_001);
    await adele.isRefused(102, { rolename: 'adele2', profession: 1 }, 'yijingchuangjian');
    await boris.does(101, credentials('boris'));
    await boris.isRefused(102, { rolename: 'adele', profession: 2 }, 'yhm_yicunzai');
    await boris.isRefused(103, { characterId: newCharacterId }, 'norole');
    const { characterId } = await adele.does(101, credentials('adele'));
    assert.equal(characterId, newCharacterId);
    adele.characterId = Number(newCharacterId);
    await adele.isRefused(103, { userId, characterId: '1000001' });
    const { cid, coin, maxexp, power, gas } = await adele.does(103, { userId });
    assert.deepEqual([cid, coin, maxexp, power, gas], [1_000_001, 10_000, 218, 56, 30]);
    await boris.enters(2);
  });

  it('in which nobody acts for another', async () => {
    for (const command of commands.FORWARDED) await adele.isRefused(command, { characterId: boris.characterId });
  });

  it('and what gate tells game nodes is no command of a client', async () => {
    for (const command of Object.keys(UNREACHABLE)) await adele.isRefused(Number(command), {}, en.unknownCommand);
  });

  it('shows what one is and wears', async () => {
    await adele.does(105);
    await adele.isGiven({
      items: [
        [BLADE, 1],
        [SHIRT, 2],
        [SHARD, 8],
        [PAGE, 4],
        [EGG, 1],
      ],
      coin: 100_000,
    });
    const there = await items();
    const [blade, shirt, book] = [idOf(there, BLADE), idOf(there, SHIRT), idOf(there, PAGE)];
    await adele.does(211, { itemid: blade });
    await adele.isRefused(211, { itemid: 999 }, en.itemMissing);
    for (const itemid of [blade, shirt]) await adele.does(210, { itemid });
    await adele.isRefused(210, { itemid: book }, en.notUsable);
    const { equip, ...strength } = await adele.does<{ equip: { pos: number }[] }>(203);
    assert.deepEqual([equip.map(({ pos }) => pos), strength], [[1, 2], { attack: 45, fangyu: 6, minjie: 45 }]);
    await adele.does(103);
    await adele.does(215, { itemid: blade });
    await adele.isRefused(215, { itemid: blade }, en.notWorn);
    const food = idOf(await items(), SHIRT);
    await adele.isRefused(212, { itemid: shirt, toitemid: food }, en.itemWorn);
    await adele.does(212, { itemid: food, toitemid: shirt });
  });

  it('makes something of fragments', async () => {
    for (const [tempid, result] of [
      [SHARD, EGG],
      [PAGE, BOOK],
    ]) {
      const { hcprice, iteminfo } = await adele.does<{ hcprice: number; iteminfo: Listed }>(205, { tempid });
      assert.deepEqual([hcprice, iteminfo.tempid], [1_000, result]);
      await adele.does(2109);
      const { coinrequired, itemA, itemAGoal } = await adele.does(2115, { tempid });
      assert.deepEqual([coinrequired, itemA, itemAGoal], [1_000, tempid, 4]);
      await adele.does(2116, { tempid });
    }
    await adele.isRefused(205, { tempid: 7 }, en.fragmentMissing);
    await adele.isRefused(205, { tempid: BLADE }, en.notCompoundable);
    await adele.isRefused(2115, { tempid: BLADE }, en.notCompoundable);
    await adele.isRefused(2116, { tempid: 7 }, en.fragmentMissing);
    await adele.isRefused(2116, { tempid: BLADE }, en.notCompoundable);
    await adele.isRefused(2116, { tempid: PAGE }, en.notEnoughMaterial);
    const book = idOf(await items(), BOOK);
    await adele.does(210, { itemid: book });
    await adele.does(221, { type: 1, tid: 0 });
  });

  it('has pets', async () => {
    await adele.does(210, { itemid: idOf(await items(), EGG) });
    await adele.isGiven({ pets: [POISONER, POISONER, POISONER] });
    const [petid, eaten, food] = (await pets()).flatMap(({ chaid, tempid }) => (tempid === POISONER ? [chaid] : []));
    await adele.does(221, { type: PET, tid: petid });
    await adele.isRefused(221, { type: PET, tid: 7 }, en.petMissing);
    await adele.isRefused(3505, { petid, tpetid: petid }, en.petIsSame);
    await adele.does(3505, { petid, tpetid: eaten });
    await adele.isRefused(3506, { petid, tpetids: [food] }, en.ownerLevelTooLow);
    await adele.isGiven({ character: { level: 40 } });
    await adele.does(3506, { petid, tpetids: [food] });
    await adele.isRefused(2331, { petid }, en.nothingTrained);
    await adele.isRefused(2330, { petid, type: 1 }, en.notEnoughMaterial);
    await adele.isGiven({ items: [[SCROLL, 1]] });
    await adele.does(2330, { petid, type: 1 });
    await adele.does(2331, { petid });
  });

  it('puts them into the formation', async () => {
    const petId = (await pets()).find(({ tempid }) => tempid === POISONER)?.chaid;
    const change = { petId, chatype: PET, fromPos: 0, toPos: 1 };
    await adele.does(2307, { ...change, operType: JOIN });
    await adele.isRefused(2307, { ...change, operType: JOIN }, en.alreadyPlaced);
    await adele.isRefused(2307, { ...change, petId: 7, operType: JOIN }, en.petMissing);
    await adele.does(2307, { ...change, operType: MOVE, fromPos: 1, toPos: 4 });
    await adele.does(2307, { ...change, operType: LEAVE, fromPos: 4 });
    await adele.isRefused(2307, { ...change, operType: LEAVE, fromPos: 4 }, en.placeEmpty);
    await adele.isRefused(2307, { ...change, operType: LEAVE, fromPos: 5 }, en.heroStays);
    await adele.isRefused(2307, { ...change, operType: MOVE, fromPos: 77 }, en.placeWrong);
    await adele.does(2307, { ...change, operType: JOIN });
    await adele.does(2306);
  });

  it('knows other players', async () => {
    await adele.waitsForTheDatabase();
    for (const tag of [1, 2, 3]) await adele.does(302, { tag, index: 0 });
    await adele.isRefused(302, { tag: 1, index: -1 });
    await adele.does(221, { type: 2, tid: boris.characterId });
    await adele.isRefused(221, { type: 2, tid: 7 }, en.playerMissing);
    await adele.isRefused(304, { friendid: adele.characterId }, en.cannotAddSelf);
    await adele.does(304, { friendid: boris.characterId });
    await adele.does(303);
    await adele.does(305, { friendid: boris.characterId });
    await adele.isRefused(305, { friendid: boris.characterId }, en.friendMissing);
    await adele.isRefused(2301, { friendid: adele.characterId }, en.cannotHireSelf);
    await adele.isRefused(2301, { friendid: 7 }, en.playerMissing);
    await adele.isRefused(2301, { friendid: 'boris' });
    await adele.does(2301, { friendid: boris.characterId });
    await adele.isRefused(2301, { friendid: boris.characterId }, en.alreadyHired);
    assert.ok((await pets()).some(({ chaid }) => chaid === boris.characterId));
    await adele.does(2307, { petId: boris.characterId, chatype: HIRED, operType: JOIN, fromPos: 0, toPos: 3 });
    await adele.does(2306);
  });

  it('fights the campaign', async () => {
    await adele.isRefused(4500, { index: 7 }, en.chapterMissing);
    await adele.isRefused(4501, { zjid: 1001 }, en.chapterClosed);
    await adele.isRefused(4501, { zjid: 7 });
    await adele.isRefused(4501, { zjid: '1000' });
    for (const zjid of [1000, 1001]) assert.equal((await adele.does<Battle>(4501, { zjid })).battleResult, 1);
    const { cityid, citylist } = await adele.does<{ cityid: number; citylist: number[] }>(4500, { index: 0 });
    assert.deepEqual([cityid, citylist.length], [1002, 2]);
    assert.equal((await adele.does(4500, { index: 1000 })).cityid, 1000);
    await boris.waitsForTheDatabase();
    await boris.does(2309);
    // A mage with bare hands does not come far, and a lost fight is a success.
    let fought: Battle | undefined;
    for (let zjid = 1000; fought?.battleResult !== 2; zjid++) {
      await boris.isGiven({ character: { level: 1, exp: 0 } });
      fought = await boris.does<Battle>(4501, { zjid });
    }
    assert.deepEqual(fought.setData, { coin: 0, exp: 0, star: 0, item: [], huoli: -1 });
  });

  it('writes letters', async () => {
    const letter = { pname: 'boris', title: 'Thanks', content: '你好, Boris!' };
    await adele.does(502, letter);
    await adele.isRefused(502, { ...letter, pname: 'nobody' }, en.playerMissing);
    await adele.isRefused(502, { ...letter, title: 'more than twelve letters' });
    const [mail] = (await boris.does<{ maillist: { id: number }[] }>(501)).maillist;
    const mailID = mail?.id;
    await adele.isRefused(505, { mailID }, en.mailMissing);
    assert.equal((await boris.does(505, { mailID })).content, letter.content);
    await adele.isRefused(504, { mailID }, en.mailMissing);
    await boris.does(504, { mailID });
    await adele.isRefused(503, { mailID }, en.mailMissing);
    await boris.does(503, { mailID });
    await boris.isRefused(503, { mailID }, en.mailMissing);
  });

  it('goes shopping', async () => {
    const [offer] = (await adele.does<{ petlist: { pos: number; tempid: number }[] }>(2320)).petlist;
    await adele.isRefused(2321, { pos: offer?.pos, tempid: 7 }, en.offerGone);
    await adele.does(2321, { pos: offer?.pos, tempid: offer?.tempid });
    await adele.isRefused(2322, {}, en.notEnoughGold);
    await adele.isGiven({ gold: 100 });
    await adele.does(2322);
  });

  it('ends in the arena', async () => {
    cedric = await tour.connect('cedric');
    await cedric.enters(4);
    await cedric.isGiven({ character: { level: 60 } });
    for (const player of [cedric, adele]) await player.does(3700);
    await adele.isGiven({ pets: [GROWN_POISONER, GROWN_POISONER] });
    const grown = (await pets()).filter(({ tempid }) => tempid === GROWN_POISONER);
    // Not in the last row, which heroes strike first.
    for (const [at, toPos] of [4, 6].entries())
      await adele.does(2307, { petId: grown[at]?.chaid, chatype: PET, operType: JOIN, fromPos: 0, toPos });
    await adele.isRefused(3704, { tid: adele.characterId }, en.notAnOpponent);
    await adele.isRefused(3704, { tid: 7 }, en.notAnOpponent);
    let [challenger, defender] = [adele, cedric];
    await seesBuffs(async () => {
      const battle = await challenger.does<Battle>(3704, { tid: defender.characterId });
      // The winner has the rank; who is above challenges nobody below.
      if (battle.battleResult === 1) [challenger, defender] = [defender, challenger];
      return battle;
    });
    await adele.does(3706);
    await adele.does(3705);
    await adele.isRefused(3705, {}, en.rewardTaken);
    await boris.isRefused(3707, {}, en.notEnoughGold);
    await adele.does(3707);
    await adele.does(105);
  });

  it('goes on elsewhere, and the old connection is told', async () => {
    const again = await tour.connect('adele', 'adele, on another connection');
    await again.enters();
    await tour.wasPushed(adele, 905);
    adele = again;
    await adele.does(105);
  });

  it('is over when the server stops, and everybody is told', async () => {
    assert.equal(await game.cluster.stop(60_000), 0);
    for (const player of [adele, boris, cedric]) await tour.wasPushed(player, 906);
  });

  it('has left nothing out', () => {
    const expected = (shapes: object, ...outcomes: Outcome[]) => Object.keys(shapes).map((command) => [Number(command), outcomes] as const);
    const all = new Map([...expected(SHAPES, 'done', 'refused'), ...expected(UNREACHABLE, 'refused'), ...expected(PUSHES, 'pushed')]);
    for (const [name, command] of Object.entries(commands)) {
      if (typeof command === 'number') assert.ok(all.has(command), `${name}, ${command}: its replies have a shape`);
    }
    for (const command of Object.keys(OF_OUR_OWN)) assert.match(readPage('docs/game.md'), new RegExp(`^\\| ${command} `, 'm'));
    for (const [command, outcomes] of all) assert.deepEqual([...(tour.seen.get(command) ?? [])].sort(), outcomes, `${command} was seen`);
  });
});
