/** The arena over the wire, on two game nodes: commands 3700, 3704 and those of our own. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { en } from '../../../app/share/texts/en';
import { type PlaygroundPlayer, type Reply, usePlayground } from './playground';

const ARENA = 3700;
const FIGHT = 3704;
const REWARD = 3705;
const LOG = 3706;
const BUY = 3707;

interface Standing {
  readonly ranking: number;
  readonly sptimes: number;
  readonly receive: number;
  readonly dsList: readonly { readonly characterId: number; readonly ranking: number; readonly nickname: string }[];
}

describe('the arena', () => {
  const game = usePlayground({ twice: true });
  /** In the order in which they came to the arena. */
  const players: PlaygroundPlayer[] = [];
  before(async () => {
    for (let at = 1; at <= 8; at++) players.push(await game.enter(`rank${at}`, 4));
  });

  const standing = async (player: PlaygroundPlayer) => (await player.does(ARENA)).data as unknown as Standing;
  const ranksNow = async () => Promise.all(players.map(async (player) => (await standing(player)).ranking));
  const at = (index: number): PlaygroundPlayer => {
    const player = players[index];
    assert.ok(player);
    return player;
  };
  const challenge = (from: PlaygroundPlayer, to: PlaygroundPlayer) => from.ask(FIGHT, { tid: to.characterId });
  const isWon = ({ data }: Reply) => (data as { battleResult?: number } | undefined)?.battleResult === 1;
  const makeStrong = (player: PlaygroundPlayer, level: number) => player.grant({ character: { level } });
  /** Every rank once, from 1 on, and the same in both tables. */
  const checkRanks = async () => {
    const rows = await at(0).rows(
      'SELECT s.ranking, r.characterId AS owner, s.characterId FROM tb_arena s LEFT JOIN tb_arena_ranking r ON r.ranking = s.ranking ORDER BY s.ranking',
    );
    assert.deepEqual(
      rows.map(({ ranking }) => ranking),
      rows.map((_, place) => place + 1),
    );
    for (const { ranking, owner, characterId } of rows) assert.equal(owner, characterId, `rank ${ranking}`);
    const [count] = await at(0).rows('SELECT COUNT(*) AS count FROM tb_arena_ranking');
    assert.equal(count?.count, rows.length);
  };

  it('gives everybody who comes the largest rank and one, however many come at once', async () => {
    assert.deepEqual(await standing(at(0)), { ranking: 1, sptimes: 15, dsList: [], receive: 0 });
    const others = await Promise.all(players.slice(1).map(standing));
    assert.deepEqual(
      others.map(({ ranking }) => ranking).sort((a, b) => a - b),
      [2, 3, 4, 5, 6, 7, 8],
    );
    await checkRanks();
    const order = new Map((await Promise.all(players.map(standing))).map(({ ranking }, index) => [ranking, at(index)]));
    players.splice(0, players.length, ...[...order].sort(([a], [b]) => a - b).map(([, player]) => player));
    assert.deepEqual(await ranksNow(), [1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('shows the five above, the best first', async () => {
    const { dsList } = await standing(at(7));
    assert.deepEqual(
      dsList,
      [2, 3, 4, 5, 6].map((index) => {
        const { characterId, name } = at(index);
        return { characterId, ranking: index + 1, nickname: name, level: 1, profession: 4 };
      }),
    );
  });

  it('swaps ranks when the challenger wins, and pays and counts every fight', async () => {
    const [strong, weak] = [at(7), at(3)];
    await makeStrong(strong, 30);
    const reply = await challenge(strong, weak);
    assert.ok(isWon(reply), JSON.stringify(reply).slice(0, 300));
    assert.deepEqual((reply.data as { setData?: unknown }).setData, { coin: 0, exp: 0, star: 0, item: [], huoli: 0 });
    assert.deepEqual(
      [await standing(strong), await standing(weak)].map(({ ranking, sptimes }) => [ranking, sptimes]),
      [
        [4, 14],
        [8, 15],
      ],
    );
    assert.ok((await challenge(weak, at(4))).result);
    for (const player of [strong, weak]) assert.equal((await player.owned()).character.coin, 10_500);
    await checkRanks();
  });

  it('keeps the ranks when the challenger loses, and ends its streak', async () => {
    const strong = at(7);
    const ranks = await ranksNow();
    const rank = (await standing(strong)).ranking;
    const below = at(ranks.indexOf(rank + 1));
    const reply = await challenge(below, strong);
    assert.equal(reply.result, true);
    assert.equal(isWon(reply), false);
    assert.deepEqual([(await standing(strong)).ranking, (await standing(below)).ranking], [rank, rank + 1]);
    const [row] = await below.rows(`SELECT liansheng, surplustimes, lastresult FROM tb_arena WHERE id = ${below.characterId}`);
    assert.deepEqual([row?.liansheng, row?.lastresult], [0, 2]);
  });

  it('logs each fight for both sides', async () => {
    const strong = at(7);
    const { loglist } = (await strong.does(LOG)).data as { loglist: Record<string, unknown>[] };
    assert.deepEqual(
      loglist.map(({ tiaozhan, success, rankingChange }) => [tiaozhan === strong.characterId, success, rankingChange]),
      [
        [false, 0, 0],
        [true, 1, 4],
      ],
    );
    assert.match(String(loglist[0]?.recordtime), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.equal(loglist[1]?.tiaozhanname, strong.name);
  });

  it('refuses oneself, who is out of reach or unknown, and what is no id', async () => {
    const strong = at(7);
    const stranger = await game.enter('stranger');
    const before = await at(0).rows('SELECT * FROM tb_arena ORDER BY id');
    await strong.isRefused(FIGHT, { tid: strong.characterId }, en.notAnOpponent);
    await at(0).isRefused(FIGHT, { tid: strong.characterId }, en.notAnOpponent);
    await strong.isRefused(FIGHT, { tid: stranger.characterId }, en.notAnOpponent);
    await strong.isRefused(FIGHT, { tid: 999_999 }, en.notAnOpponent);
    for (const tid of [undefined, null, '1', 1.5, -1, {}]) await strong.isRefused(FIGHT, { tid }, /tid$/);
    await strong.isRefused(FIGHT, { tid: at(0).characterId, characterId: at(1).characterId }, /characterId$/);
    assert.deepEqual(await at(0).rows('SELECT * FROM tb_arena ORDER BY id'), before);
  });

  it('gives one rank to one of all who challenge its owner at once', async () => {
    const ranks = await ranksNow();
    const owner = at(ranks.indexOf(2));
    const fighters = [3, 5, 6, 7].map((rank) => at(ranks.indexOf(rank)));
    for (const fighter of fighters) await makeStrong(fighter, 40);
    const before = await Promise.all(fighters.map(standing));
    const replies = await Promise.all(fighters.map((fighter) => challenge(fighter, owner)));
    await checkRanks();
    const after = await Promise.all(fighters.map(standing));
    assert.equal(after.filter(({ ranking }) => ranking === 2).length, 1, 'somebody has it');
    for (const [index, { result, message }] of replies.entries()) {
      const fought = (before[index]?.sptimes ?? 0) - (after[index]?.sptimes ?? 0);
      assert.equal(fought, result ? 1 : 0, `${message}: a fight that took place is counted, another is not`);
      if (!result) assert.ok([en.notAnOpponent, en.busy].includes(message as never), message);
    }
    const paid = await at(0).rows(
      `SELECT id, coin FROM tb_character WHERE id IN (${fighters.map(({ characterId }) => characterId).join()})`,
    );
    for (const [index, fighter] of fighters.entries()) {
      const fights = 15 - (after[index]?.sptimes ?? 0);
      assert.equal(paid.find(({ id }) => id === fighter.characterId)?.coin, 10_000 + 500 * fights);
    }
  });

  /** Everybody fights a few of those above at once. @param onFight told of each answer */
  const melee = (onFight = () => {}) =>
    Promise.all(
      players.map(async (player) => {
        const { data } = await player.ask(ARENA);
        const { dsList = [] } = (data ?? {}) as Partial<Standing>;
        for (const { characterId } of dsList.slice(0, 2)) await player.ask(FIGHT, { tid: characterId }).then(onFight);
      }),
    );

  /** Each fight of the log was paid and counted, and none else. */
  const checkAccounts = async () => {
    const rows = await at(0).rows(
      `SELECT c.nickname, c.coin, s.surplustimes, (SELECT COUNT(*) FROM tb_arena_log l WHERE l.tiaozhan = c.id) AS fights
        FROM tb_character c JOIN tb_arena s ON s.id = c.id`,
    );
    for (const { nickname, coin, surplustimes, fights } of rows)
      assert.deepEqual([nickname, coin, surplustimes], [nickname, 10_000 + 500 * Number(fights), 15 - Number(fights)]);
  };

  it('has no rank twice while everybody challenges those above', async () => {
    for (let round = 0; round < 2; round++) {
      await melee();
      await checkRanks();
      await checkAccounts();
    }
  });

  for (const node of ['game1', 'game2', 'dbfront']) {
    it(`makes fights as a whole or not at all when ${node} dies among them`, async () => {
      let fights: Promise<unknown> = Promise.resolve();
      await new Promise<void>((resolve) => {
        fights = melee(resolve);
      });
      await game.cluster.kill(node);
      await fights;
      await game.cluster.whenReady(['dbfront', 'game1', 'game2']);
      for (const player of players)
        await game.cluster.waitFor(async () => (await player.ask(ARENA)).result, `answer to ${player.name} after the death of ${node}`);
      await checkRanks();
      await checkAccounts();
    });
  }

  it('ends for a day when the fights are used up, and sells further ones', async () => {
    const player = await game.enter('eager');
    await standing(player);
    const tid = (await standing(player)).dsList[0]?.characterId;
    // Who wins would be out of the other's reach.
    for (const other of players) if (other.characterId === tid) await makeStrong(other, 60);
    for (let fight = 0; fight < 15; fight++) await player.does(FIGHT, { tid });
    await player.isRefused(FIGHT, { tid }, en.fightsUsedUp);
    await player.isRefused(BUY, {}, en.notEnoughGold);
    await player.grant({ character: { gold: 25 } });
    assert.deepEqual((await player.does(BUY)).data, { sptimes: 1, price: 20 });
    await player.isRefused(BUY, {}, en.notEnoughGold);
    const { character, bills } = await player.owned();
    assert.deepEqual([character.gold, bills.map(({ spendType, spendGold }) => [spendType, spendGold])], [15, [[3, 10]]]);
    await player.does(FIGHT, { tid });
    await player.isRefused(FIGHT, { tid }, en.fightsUsedUp);
  });

  it('rewards a rank once a day, however often it is asked for', async () => {
    const player = await game.enter('rewarded');
    const { ranking } = await standing(player);
    assert.equal(ranking, 10);
    const replies = await Promise.all([1, 2, 3].map(() => player.ask(REWARD)));
    assert.deepEqual(
      replies.map(({ result, data, message }) => (result ? data : message)),
      [{ coin: 100_000 }, en.rewardTaken, en.rewardTaken],
    );
    assert.equal((await player.owned()).character.coin, 110_000);
    assert.equal((await standing(player)).receive, 1);
  });
});
