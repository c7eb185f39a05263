import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXPERIENCE_TO_LEAVE, PET_EXPERIENCE_TO_LEAVE } from '../../../app/data/experience';
import { GAME_DATA, type GameData } from '../../../app/data/gamedata';
import { STRIKE } from '../../../app/data/skills';

const { en, zh } = GAME_DATA;

describe('the static data', () => {
  it('is all there', () => {
    const sizes = Object.entries(en).map(([name, table]) => `${name} ${table.size}`);
    assert.deepEqual(sizes, [
      'buffs 7',
      'skills 16',
      'professions 8',
      'monsters 64',
      'pets 96',
      'training 4',
      'sets 18',
      'items 99',
      'chapters 53',
    ]);
    assert.deepEqual([EXPERIENCE_TO_LEAVE.length, PET_EXPERIENCE_TO_LEAVE.length], [101, 121]);
  });

  it('has a name and a sentence for everything in both languages, and the same figures', () => {
    for (const table of ['buffs', 'skills', 'professions', 'monsters', 'pets', 'sets', 'items', 'chapters'] as const) {
      for (const [id, row] of en[table]) {
        const other = (zh[table] as ReadonlyMap<number, typeof row>).get(id);
        assert.ok(other);
        assert.match(row.name, /^[\x20-\x7e]+$/, `${table} ${id}`);
        assert.match(other.name, /[\u4e00-\u9fff]/, `${table} ${id}`);
        assert.match(other.description, /[\u4e00-\u9fff]/, `${table} ${id}`);
      }
    }
    assert.deepEqual(withoutTexts(zh), withoutTexts(en));
  });

  it('gives chapters more and more, half as much experience as coins', () => {
    const coins = [...en.chapters.values()].map(({ coin }) => coin);
    assert.deepEqual(coins.slice(0, 10), [248, 266, 284, 302, 338, 356, 374, 392, 410, 428]);
    assert.equal(coins.at(-1), 230 + 18 * 54);
    for (const { coin, exp } of en.chapters.values()) assert.equal(exp, coin / 2);
  });

  it('lets monsters and pets strike when they have nothing better to do', () => {
    for (const { ordinarySkill } of [...en.monsters.values(), ...en.pets.values()]) assert.equal(ordinarySkill.id, STRIKE);
  });

  it('makes an egg of every hero, of its two best grades, and a scroll of every skill that is no strike', () => {
    const eggs = [...en.items.values()].flatMap(({ egg }) => (egg ? [egg] : []));
    assert.equal(eggs.length, 24);
    for (const { rare, usual } of eggs) assert.deepEqual([rare.quality, usual.quality, usual.next], [4, 3, rare.id]);
    const taught = new Set([...en.items.values()].flatMap(({ skill }) => (skill ? [skill.id] : [])));
    assert.deepEqual(taught, new Set([...en.skills.keys()].filter((id) => id !== STRIKE)));
  });

  it('has a pet grow through four grades', () => {
    const grades = [15001, 15002, 15003, 15004].map((id) => en.pets.get(id));
    assert.deepEqual(
      grades.map((pet) => [pet?.coin, pet?.energy, pet?.maxEnergy, pet?.next]),
      [
        [600, 1, 5, 15002],
        [4800, 5, 50, 15003],
        [16_200, 50, 500, 15004],
        [38_400, 100, 0, undefined],
      ],
    );
  });
});

/** The data as JSON, in which names stand for nothing. */
function withoutTexts(data: GameData): unknown {
  const tables = Object.entries(data).map(([name, table]) => [name, [...(table as ReadonlyMap<number, unknown>)]]);
  return JSON.parse(JSON.stringify(Object.fromEntries(tables), (key, value) => (key === 'name' || key === 'description' ? '' : value)));
}
