/** What players have to do with each other: friends, hiring, rankings, inspecting. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { en } from '../../../app/share/texts/en';
import { type Playground, type PlaygroundPlayer, type Reply, startPlayground } from './playground';

interface Listed {
  readonly chaid: number;
  readonly rolename: string;
  readonly level: number;
  readonly skill: string;
  readonly price: number;
  readonly rank: number;
  readonly guyong: boolean;
}

let game: Playground;
let ada: PlaygroundPlayer;
let bob: PlaygroundPlayer;
let cid: PlaygroundPlayer;
before(async () => {
  // Two game nodes: whoever is hired or looked at may be on the other one.
  game = await startPlayground({ twice: true });
  ada = await game.enter('adele', 1);
  bob = await game.enter('boris', 2);
  cid = await game.enter('cedric', 3);
  await bob.grant({ character: { level: 5, guanqia: 1010 } });
  await cid.grant({ character: { level: 3, guanqia: 1020 } });
});
after(() => game[Symbol.asyncDispose]());

const recordsOf = async (player: PlaygroundPlayer) => {
  const { recordlist = [] } = (await player.does(2309)).data ?? {};
  return recordlist as Record<string, unknown>[];
};
const friendsOf = async (player: PlaygroundPlayer) => (await player.does(303)).data?.friendlist as Listed[];

describe('friends', () => {
  it('are added by who wants them, and shown', async () => {
    assert.deepEqual(await ada.does(304, { friendid: cid.characterId }), { result: true, message: en.friendAdded });
    assert.deepEqual(await friendsOf(ada), [
      { chaid: cid.characterId, rolename: 'cedric', level: 3, skill: 'none', price: 3000, rank: 1, guyong: false },
    ]);
    assert.deepEqual(await friendsOf(cid), []);
  });

  it('are others, once each', async () => {
    await ada.isRefused(304, { friendid: ada.characterId }, en.cannotAddSelf);
    await ada.isRefused(304, { friendid: cid.characterId }, en.alreadyFriend);
    await ada.isRefused(304, { friendid: 999 }, en.playerMissing);
    for (const friendid of ['1', null, -1, 1.5]) await ada.isRefused(304, { friendid }, /friendid/);
    assert.equal((await friendsOf(ada)).length, 1);
  });

  it('are there once when two requests add one at a time', async () => {
    const answers = await Promise.all([1, 2].map(() => cid.ask(304, { friendid: bob.characterId })));
    assert.deepEqual(answers.map(({ result }) => result).sort(), [false, true]);
    assert.equal((await friendsOf(cid)).length, 1);
  });

  it('are let go', async () => {
    await ada.isRefused(305, { friendid: bob.characterId }, en.friendMissing);
    assert.deepEqual(await ada.does(305, { friendid: cid.characterId }), { result: true, message: en.friendDeleted });
    await ada.isRefused(305, { friendid: cid.characterId }, en.friendMissing);
    assert.deepEqual(await friendsOf(ada), []);
  });
});

describe('hiring', () => {
  it('costs a thousand coins a level, and makes a friend', async () => {
    const reply = await ada.ask(2301, { friendid: bob.characterId });
    assert.deepEqual(reply, { result: true, message: en.hired, messge: en.hired });
    assert.equal((await ada.owned()).character.coin, 5_000);
    assert.deepEqual(
      (await friendsOf(ada)).map(({ chaid, guyong }) => [chaid, guyong]),
      [[bob.characterId, true]],
    );
  });

  it('is refused in the words that clients read, and nothing is paid', async () => {
    for (const [friendid, message] of [
      [ada.characterId, en.cannotHireSelf],
      [bob.characterId, en.alreadyHired],
      [999, en.playerMissing],
    ] as const) {
      const before = await ada.owned();
      assert.deepEqual(await ada.ask(2301, { friendid }), { result: false, message, messge: message });
      assert.deepEqual(await ada.owned(), before);
    }
    await ada.isRefused(2301, { friendid: 'boris' }, /friendid/);
    await ada.isRefused(305, { friendid: bob.characterId }, en.friendIsHired);
    await cid.grant({ character: { coin: 4_999 } });
    await cid.isRefused(2301, { friendid: bob.characterId }, en.notEnoughCoins);
  });

  it('is paid once by two equal requests at a time', async () => {
    await cid.grant({ character: { coin: 20_000 } });
    const answers = await Promise.all([1, 2].map(() => cid.ask(2301, { friendid: bob.characterId })));
    assert.deepEqual(answers.map(({ result }) => result).sort(), [false, true]);
    assert.equal((await cid.owned()).character.coin, 15_000);
    assert.equal((await friendsOf(cid)).length, 1);
  });

  it('is over after a fight of the campaign, and the hired player is paid and has it in the record', async () => {
    assert.deepEqual(await bob.does(2309), { result: true, message: '', data: { recordlist: [] } });
    const before = (await bob.owned()).character;
    await ada.does(2307, { petId: bob.characterId, chatype: 2, operType: 0, fromPos: 0, toPos: 1 });
    const { star } = await ada.ask<Reply & { star: number }>(4501, { zjid: 1000 });
    assert.equal((await ada.owned()).formation.eyes_1, -1);
    assert.deepEqual(
      (await friendsOf(ada)).map(({ guyong }) => guyong),
      [false],
    );
    assert.equal((await bob.owned()).character.coin, Number(before.coin) + 100);
    const [record, ...more] = await recordsOf(bob);
    assert.deepEqual(more, []);
    const { datestr, zyname, ...rest } = record ?? {};
    assert.match(String(datestr), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.equal(typeof zyname, 'string');
    assert.deepEqual(rest, { rolename: 'adele', bresult: star > 0 ? 1 : 2, coin: 100, huoli: 1 });
  });
});

describe('rankings', () => {
  const ranking = async (player: PlaygroundPlayer, fields: object) =>
    (await player.does(302, fields)).data as unknown as { end: number; sp: boolean; friendlist: Listed[] };
  const names = ({ friendlist }: { friendlist: Listed[] }) => friendlist.map(({ rolename }) => rolename);

  it('are by stage and by level, the best first, without who asks', async () => {
    assert.deepEqual(names(await ranking(ada, { tag: 1, index: 0 })), ['cedric', 'boris']);
    assert.deepEqual(names(await ranking(ada, { tag: 2, index: 0 })), ['boris', 'cedric']);
  });

  it('of everybody have who asks in them', async () => {
    assert.deepEqual(await ranking(ada, { tag: 3, index: 1 }), {
      end: 3,
      sp: false,
      friendlist: [
        { chaid: bob.characterId, rolename: 'boris', level: 5, skill: 'none', price: 5000, rank: 2, guyong: false },
        { chaid: ada.characterId, rolename: 'adele', level: 1, skill: 'none', price: 1000, rank: 3, guyong: false },
      ],
    });
  });

  it('refuse a place that is none', async () => {
    for (const index of [-1, 10_001, '0', undefined]) await ada.isRefused(302, { tag: 1, index }, /index/);
    await ada.isRefused(302, { index: 0 }, /tag/);
  });
});

describe('inspecting', () => {
  it('shows oneself and others', async () => {
    const { data } = await ada.does(221, { type: 1, tid: 0 });
    const { tili, attack, fangyu, minjie, ...rest } = data as Record<string, number>;
    assert.deepEqual(rest, { chaid: ada.characterId, rolename: 'adele', icon: 1, level: 1, guanqia: 'none', skill: 'none', price: 1000 });
    for (const value of [tili, attack, fangyu, minjie]) assert.ok(Number.isInteger(value) && Number(value) > 0);
    assert.equal(tili, (await ada.does(105)).data?.tili);
    assert.equal((await ada.does(221, { type: 2, tid: bob.characterId })).data?.rolename, 'boris');
  });

  it('shows one’s own pets only', async () => {
    await bob.grant({ pets: [15001] });
    const [pet] = (await bob.owned()).pets;
    const { data } = await bob.does(221, { type: 3, tid: pet?.id });
    assert.equal(data?.chaid, pet?.id);
    assert.equal(data?.tempid, 15001);
    await ada.isRefused(221, { type: 3, tid: pet?.id }, en.petMissing);
    await ada.isRefused(221, { type: 3, tid: 77 }, en.petMissing);
  });

  it('of somebody who does not exist is refused and leaves nothing behind', async () => {
    await ada.isRefused(221, { type: 2, tid: 5 }, en.playerMissing);
    await ada.isRefused(221, { type: 2 }, /tid/);
    await ada.isRefused(221, { tid: 5 }, /type/);
  });
});

describe('two who fight beside the same hired player at once', () => {
  it('pay it both', async () => {
    const before = (await bob.owned()).character;
    for (const player of [ada, cid]) {
      await player.grant({ character: { coin: 10_000 } });
      if (player === ada) await player.does(2301, { friendid: bob.characterId });
      await player.does(2307, { petId: bob.characterId, chatype: 2, operType: 0, fromPos: 0, toPos: 1 });
    }
    await Promise.all([ada, cid].map((player) => player.does(4501, { zjid: 1000 })));
    assert.equal((await bob.owned()).character.coin, Number(before.coin) + 200);
    const [first, second, ...more] = await recordsOf(bob);
    assert.deepEqual([first?.rolename, second?.rolename].sort(), ['adele', 'cedric']);
    assert.equal(more.length, 1);
  });
});
