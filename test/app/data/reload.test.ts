/** The data tables are modules like any other: a reload reads them afresh, without a build, and a mistake in one fails it. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type * as gamedata from '../../../app/data/gamedata';
import { describeFailure } from '../../../src/server/reload/loadfailure';
import { adopt, load, loadAfresh, type Subtree } from '../../../src/server/reload/modules';

const folder = mkdtempSync(join(tmpdir(), 'firefly-data-'));
const entry = join(folder, 'gamedata');
const table = join(folder, 'tables/monsters.json');

cpSync(join(__dirname, '../../../app/data'), folder, { recursive: true });
after(() => rmSync(folder, { recursive: true }));

function hpOf(subtree: Subtree): number | undefined {
  const loaded: typeof gamedata | undefined = subtree.modules.get(subtree.entry)?.exports;
  return loaded?.GAME_DATA.en.chapters.get(1000)?.foes[0]?.monster.hp;
}

describe('a reload', () => {
  const original = readFileSync(table, 'utf8');
  let running = load(entry);

  it('brings a changed table into everything that refers to it', () => {
    assert.equal(hpOf(running), 2);
    writeFileSync(table, original.replace('"hp": 2,', '"hp": 20,'));
    const next = loadAfresh(running);
    assert.deepEqual([hpOf(running), hpOf(next)], [2, 20]);
    adopt(running, next);
    running = next;
  });

  it('fails with table, id and field when a table has a mistake, and with the file when it is no JSON', () => {
    writeFileSync(table, original.replace('"hp": 2,', '"hp": -2,'));
    assert.match(failure().message, /^BadData: data table monsters, id 100001: "hp" is -2 and must be a whole number from 1/);
    writeFileSync(table, original.slice(0, -4));
    assert.equal(failure().file, table);
    assert.equal(hpOf(running), 20);
  });

  function failure() {
    try {
      loadAfresh(running);
    } catch (error) {
      return describeFailure(error, entry);
    }
    throw new Error('the reload went well');
  }
});
