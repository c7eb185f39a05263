/** The ledger: every change of value has its lines, whoever asks for it and whatever dies, and the audit proves what players own against it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import pino from 'pino';
import { openStore } from '../../../src/dbentrust/sql/open';
import { type PlaygroundPlayer, usePlayground } from './playground';
import { BOOK, EGG, HERO, PAGE, SHARD } from './things';

const AUDIT = join(__dirname, '../../../tools/audit/audit.js');

const SHARDS_PET = 15001;

describe('the ledger', () => {
  const game = usePlayground();

  /** What, template, amount, and what is there then; in the order in which it was written, without what was a gift. */
  const ledgerOf = async (player: PlaygroundPlayer) => {
    const rows = await player.rows(
      `SELECT * FROM tb_ledger WHERE characterId = ${player.characterId} AND reason <> 'gift' ORDER BY entry, line`,
    );
    return rows.map(({ reason, what, template, amount, after: there }) => [reason, what, template, amount, there]);
  };

  it('has a line for each thing that a trade takes or gives, and one entry for all of it', async () => {
    const player = await game.enter('trader');
    await player.grant({ items: [[PAGE, 6]] });
    await player.does(2116, { tempid: PAGE });
    assert.deepEqual(await ledgerOf(player), [
      ['compound', 'coin', 0, -1_000, 9_000],
      ['compound', 'item', PAGE, -4, 2],
      ['compound', 'item', BOOK, 1, 1],
    ]);
    const entries = await player.rows(
      `SELECT DISTINCT entry FROM tb_ledger WHERE characterId = ${player.characterId} AND reason = 'compound'`,
    );
    assert.equal(entries.length, 1);
  });

  it('has a pet that comes out of an egg, one that is eaten, and one that is bought', async () => {
    const player = await game.enter('keeper');
    await player.grant({ items: [[EGG, 1]], pets: [SHARDS_PET, SHARDS_PET], coin: 1_000_000 });
    const [egg] = await player.idsOf(EGG);
    await player.does(210, { itemid: egg });
    const [[, , hatched]] = (await ledgerOf(player)) as [(string | number)[]];
    assert.deepEqual(await ledgerOf(player), [
      ['use', 'pet', hatched, 1, 1],
      ['use', 'item', EGG, -1, 0],
    ]);
    assert.ok(hatched === HERO || hatched === HERO + 1, String(hatched));
    const [eater, eaten] = (await player.owned()).pets.filter(({ templateID }) => templateID === SHARDS_PET);
    await player.does(3505, { petid: eater?.id, tpetid: eaten?.id });
    assert.deepEqual((await ledgerOf(player)).at(-1), ['swallow', 'pet', SHARDS_PET, -1, 1]);
    const { petlist } = (await player.does(2320)).data as { petlist: { pos: number; tempid: number; price: number }[] };
    const [offer] = petlist;
    await player.does(2321, { pos: offer?.pos, tempid: offer?.tempid });
    const [paid, came] = (await ledgerOf(player)).slice(-2);
    assert.deepEqual(paid, ['petShop', 'coin', 0, -Number(offer?.price), 1_010_000 - Number(offer?.price)]);
    assert.deepEqual(came?.slice(0, 4), ['petShop', 'pet', offer?.tempid, 1]);
  });

  it('has the pay of who was hired in the ledger of that player', async () => {
    const [hirer, hired] = [await game.enter('hirer'), await game.enter('hired')];
    await hirer.does(2301, { friendid: hired.characterId });
    await hirer.does(2307, { operType: 0, chatype: 2, petId: hired.characterId, fromPos: 0, toPos: 1 });
    const { cityid } = (await hirer.does(4500, { index: 0 })).data as { cityid: number };
    await hirer.does(4501, { zjid: cityid });
    assert.deepEqual(await ledgerOf(hired), [['hired', 'coin', 0, 100, 10_100]]);
    const [price, ...won] = await ledgerOf(hirer);
    assert.deepEqual(price, ['hire', 'coin', 0, -1_000, 9_000]);
    for (const [reason] of won) assert.equal(reason, 'campaign');
  });

  it('has nothing of what was refused', async () => {
    const player = await game.enter('refused');
    for (const [command, fields] of [
      [2116, { tempid: PAGE }],
      [210, { itemid: 1 }],
      [2301, { friendid: player.characterId }],
    ] as const)
      await player.isRefused(command, fields);
    assert.deepEqual(await ledgerOf(player), []);
    assert.equal((await player.owned()).character.entries, 0);
  });

  it('has an entry for each of many changes at one moment', async () => {
    const player = await game.enter('rushed');
    const refused = await player.rush({ coin: 5, items: [[SHARD, 1]] }, 5);
    const made = 5 - refused.length;
    assert.ok(made >= 1, String(refused));
    const { character } = await player.owned();
    assert.deepEqual([character.entries, character.coin], [made, 10_000 + 5 * made]);
  });

  describe('in an audit', () => {
    const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
      new Promise((resolve) => {
        const env = { ...process.env, ...game.cluster.environment };
        execFile(process.execPath, [AUDIT, ...args], { env, timeout: 60_000 }, (error, stdout, stderr) =>
          resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
        );
      });

    it('is not looked at while dbfront may have rows that are not in the database', async () => {
      const { code, stderr } = await run('--config', 'config.json');
      assert.equal(code, 2);
      assert.match(stderr, /dbfront runs as process \d+ .*: stop the cluster first/);
    });

    it('agrees with what players own, and finds the coin that it does not know', async () => {
      assert.equal(await game.cluster.stop(), 0);
      const sound = await run('--config', 'config.json', '--whole');
      assert.equal(sound.code, 0, sound.stdout + sound.stderr);
      assert.match(sound.stdout, /^holds {3}coins are what the ledger says \(6 balances\)$/m);

      const db = { engine: 'sqlite', database: 'darkworld', host: '', port: 0, user: '', password: '', charset: '' } as const;
      const store = await openStore(db, { dataDir: game.cluster.dataDir, sqlMs: 10_000, log: pino({ level: 'silent' }) });
      await store.query("UPDATE tb_character SET coin = coin + 1 WHERE nickname = 'trader'");
      await store.close();
      const { code, stdout } = await run('--config', 'config.json');
      assert.equal(code, 1);
      assert.match(
        stdout,
        /^BROKEN {2}coins are what the ledger says \(6 balances\): 1 times\n {10}character \d+ has 9001 coins, and its ledger says 9000$/m,
      );
    });
  });
});
