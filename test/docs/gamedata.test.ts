/** What docs/game-data.md shows works: its rows, read with all the others, and its fight. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { GAME_DATA } from '../../app/data/gamedata';
import { Battle } from '../../app/game/battle/battle';
import { monsterFighters } from '../../app/game/battle/fighters';
import { openChapter } from '../../app/game/campaign/chapters';
import { rewardOf } from '../../app/game/campaign/rewards';
import { partyOf } from '../../app/game/formation/party';
import { FIRST_FORMATION } from '../../app/game/formation/rules';
import { SeededRandom } from '../../app/game/random';
import { blockFor, blocksOf, ROOT, readPage } from './page';

const PAGE = readPage('docs/game-data.md');

type Tables = Record<string, Record<string, unknown>>;

const folder = mkdtempSync(join(tmpdir(), 'firefly-data-'));
cpSync(join(ROOT, 'app/data'), folder, { recursive: true });
after(() => rmSync(folder, { recursive: true }));

function edit<T>(file: string, change: (content: T) => unknown): void {
  const path = join(folder, file);
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')) as T)));
}

function readAfresh(): typeof GAME_DATA {
  for (const file of Object.keys(require.cache)) if (file.startsWith(folder)) delete require.cache[file];
  return (require(join(folder, 'gamedata.js')) as { GAME_DATA: typeof GAME_DATA }).GAME_DATA;
}

function addRow(table: string): void {
  const row: unknown = JSON.parse(blockFor(PAGE, `app/data/tables/${table}.json`));
  edit<unknown[]>(`tables/${table}.json`, (rows) => [...rows, row]);
}

describe('the page on game data', () => {
  it('shows the mistake that is made when the monster is forgotten', () => {
    addRow('chapters');
    const texts = JSON.parse(blockFor(PAGE, 'app/data/texts/en.json')) as Tables;
    for (const language of ['en', 'zh']) {
      const add = (all: Tables) => Object.fromEntries(Object.entries(all).map(([table, named]) => [table, { ...named, ...texts[table] }]));
      edit(`texts/${language}.json`, add);
    }
    const [mistake] = blocksOf(PAGE).filter(({ language }) => language === '');
    assert.throws(readAfresh, (error) => String(error) === mistake?.text.trim());
  });

  it('has rows that can be added', () => {
    addRow('monsters');
    assert.deepEqual(
      readAfresh()
        .en.chapters.get(1053)
        ?.foes.map(({ monster }) => monster.name),
      ['The Lamplighter', 'Tower Archer', 'Tower Archer'],
    );
  });

  it('has a fight that can be fought', () => {
    const data = GAME_DATA.en;
    const seed = 7;
    const profession = data.professions.get(1);
    assert.ok(profession);
    const hero = { id: 1_000_001, name: 'alpha', level: 1, profession, worn: [] };

    const chapter = openChapter(1000, { finished: [], level: hero.level }, data.chapters);
    const random = SeededRandom.from(seed);
    const party = partyOf(FIRST_FORMATION, { hero, pets: new Map(), hired: new Map() });
    const battle = Battle.fight(party, monsterFighters(chapter.foes), random);
    const { gains, item } = rewardOf(chapter, battle, random);
    const report = battle.report(gains);

    assert.equal(report.battleResult, 1);
    assert.deepEqual(report.setData.item, [item?.id]);
    const [shown] = blocksOf(PAGE).filter(({ language }) => language === 'ts');
    const here = readFileSync(__filename.replace(/\.js$/, '.ts'), 'utf8').replaceAll(/^ {4}/gm, '');
    assert.ok(shown && here.includes(shown.text), 'the page shows this fight');
  });
});
