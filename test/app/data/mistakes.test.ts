/** A mistake in a table is found when it is read, and named. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readBuffs } from '../../../app/data/buffs';
import { readChapters } from '../../../app/data/chapters';
import { GAME_DATA } from '../../../app/data/gamedata';
import { readItems } from '../../../app/data/items';
import { readMonsters } from '../../../app/data/monsters';
import { readPets } from '../../../app/data/pets';
import { readProfessions } from '../../../app/data/professions';
import { BadData } from '../../../app/data/read/baddata';
import { readTable } from '../../../app/data/read/table';
import { Texts } from '../../../app/data/read/texts';
import { readSets } from '../../../app/data/sets';
import { readSkills } from '../../../app/data/skills';
import { readTraining } from '../../../app/data/training';

const { buffs, skills, monsters, items, sets, pets } = GAME_DATA.en;

/** Texts for the ids 1 to 3 of every table. */
function texts(): Texts {
  const named = { 1: ['One', 'The first.'], 2: ['Two', 'The second.'], 3: ['Three', 'The third.'] };
  return new Texts(
    'en',
    Object.fromEntries(
      ['buffs', 'skills', 'professions', 'monsters', 'heroes', 'sets', 'items', 'chapters'].map((table) => [table, named]),
    ),
  );
}

function says(message: string, read: () => unknown): void {
  assert.throws(read, (error) => {
    assert.ok(error instanceof BadData);
    assert.equal(error.message, `data table ${message}`);
    return true;
  });
}

const MONSTER = { id: 1, level: 1, quality: 1, icon: 6048, hp: 2, attack: 4, defence: 0, dodge: 0, speed: 0 };
const CHAPTER = { id: 1, quality: 1, coin: 1, exp: 1, drop: 1, foes: [[100001, 5]] };
const DROPS = [{ id: 1, items: [53000001] }];
const ITEM = { id: 1, icon: 1 };

const monster = (changes: object) => () => readMonsters(texts(), skills, [{ ...MONSTER, ...changes }]);
const chapter =
  (changes: object, drops: unknown = DROPS) =>
  () =>
    readChapters(texts(), { monsters, items }, [{ ...CHAPTER, ...changes }], drops);
const item =
  (...rows: object[]) =>
  () =>
    readItems(
      texts(),
      { skills, sets, pets },
      rows.map((changes, at) => ({ ...ITEM, id: at + 1, ...changes })),
    );

describe('a mistake in a data table', () => {
  it('of a number is named with table, id and field', () => {
    says('monsters, id 1: "hp" is 0 and must be a whole number from 1 to 2147483647', monster({ hp: 0 }));
    says('monsters, id 1: "hp" is "2" and must be a whole number from 1 to 2147483647', monster({ hp: '2' }));
    says('monsters, id 1: "speed" is 1.5 and must be a whole number from 0 to 2147483647', monster({ speed: 1.5 }));
    says('monsters, id 1: "hp" is missing and must be a whole number from 1 to 2147483647', monster({ hp: undefined }));
  });

  it('of a field that there is not is named too', () => {
    says('monsters, id 1: "hpp" is no field of this table', monster({ hpp: 2 }));
    says('items, id 1: "bonus.phyAttack" is no field of this table', item({ bonus: { phyAttack: 5 } }));
  });

  it('of an id', () => {
    const read =
      (...rows: unknown[]) =>
      () =>
        readTable('things', rows, (row) => row.id);
    says('things, id (row 2): "id" must be a whole number from 1', read({ id: 1 }, { name: 'x' }));
    says('things, id (row 1): "id" must be a whole number from 1', read(null));
    says('things, id 7: "id" is there twice', read({ id: 7 }, { id: 7 }));
    says('things, id -: "rows" must be a list', () => readTable('things', {}, (row) => row.id));
  });

  it('of a choice', () => {
    const buff = { id: 1, rounds: 1, type: 1, maxStack: 1, icon: 1, effect: 'poison' };
    says('buffs, id 1: "effect" is "poison" and must be one of scale, bleed, silence, drain', () => readBuffs(texts(), [buff]));
    const skill = { id: 1, range: 'single', target: 'own', factor: 1, power: 0, cooldown: 0 };
    says('skills, id 1: "factor" is 1 and must be a number from -100 to 0', () => readSkills(texts(), buffs, [skill]));
  });

  it('of a reference to another table', () => {
    says('monsters, id 1: "skill" is 5 and there is no such row in skills', monster({ skill: 5 }));
    says('chapters, id 1: "foes.0.0" is 7 and there is no such row in monsters', chapter({ foes: [[7, 5]] }));
    says('chapters, id 1: "drop" is 2 and there is no such row in drops', chapter({ drop: 2 }));
    says('drops, id 1: "items.0" is 4 and there is no such row in items', chapter({}, [{ id: 1, items: [4] }]));
    says('items, id 1: "set" is 9 and there is no such row in sets', item({ set: 9 }));
    says('items, id 1: "egg.rare" is 1 and there is no such row in heroes', item({ egg: { rare: 1, usual: 15001, chance: 1 } }));
    says('items, id 1: "compound.into" is 9 and there is no such row in items', item({ compound: { into: 9, price: 1 } }));
  });

  it('of places', () => {
    says('chapters, id 1: "foes.0.1" is 10 and must be a whole number from 1 to 9', chapter({ foes: [[100001, 10]] }));
    const twice = [
      [100001, 5],
      [100002, 5],
    ];
    says('chapters, id 1: "foes" has two monsters at place 5', chapter({ foes: twice }));
    says('chapters, id 1: "foes" is [] and must be a list with something in it', chapter({ foes: [] }));
  });

  it('of what an item grows into', () => {
    const grows = (into: number, slot = 1) => ({ slot, growth: { gives: 1, needs: 1, into } });
    says('items, id 1: "growth.into" leads back to the item itself', item(grows(2), grows(1)));
    says('items, id 2: "growth.into" leads back to the item itself', item(grows(2), grows(2)));
    says('items, id 1: "growth.into" is 2, which is worn in another slot', item(grows(2), grows(1, 2)));
    says('items, id 1: "growth.into" is 9 and there is no such row in items', item(grows(9)));
  });

  it('of a hero with too few grades', () => {
    const hero = { id: 1, icon: 1, skill: 100020, growth: [[1, 1, 1]] };
    says('heroes, id 1: "growth" has 1 grades and there are 4', () => readPets(texts(), skills, [hero]));
  });

  it('of a grade', () => {
    const grade = { id: 1, coin: 600, energy: 1 };
    says('grades, id 1: "maxEnergy" is missing and must be a whole number from 0 to 2147483647', () =>
      readPets(texts(), skills, [], [grade]),
    );
  });

  it('of a profession', () => {
    const gains = { str: 10, dex: 5, vit: 8 };
    const profession = (changes: object) => () => readProfessions(texts(), skills, [{ id: 1, perLevel: { ...gains, wis: 3 }, ...changes }]);
    says('professions, id 1: "perLevel.wis" is missing and must be a number from 0 to 2147483647', profession({ perLevel: gains }));
    says('professions, id 1: "hpPerVit" is "7 * 1" and must be a number from 0 to 2147483647', profession({ hpPerVit: '7 * 1' }));
  });

  it('of what training may change', () => {
    const training = (coin: unknown) => () => readTraining([{ id: 1, coin, gold: [-5, 10] }]);
    says('training, id 1: "coin.1" is -6 and must be a whole number from -5 to 100', training([-5, -6]));
    says('training, id 1: "coin" is "randint(-5, 10)" and must be an object', training('randint(-5, 10)'));
  });

  it('of a set', () => {
    says('sets, id 1: "pieces.0.1.strength" is no field of this table', () =>
      readSets(texts(), [{ id: 1, pieces: [[3, { strength: 1 }]] }]),
    );
    says('sets, id 1: "pieces" is 3 and must be a list with something in it', () => readSets(texts(), [{ id: 1, pieces: 3 }]));
  });

  it('of a text that is missing, malformed or left over', () => {
    says('monsters, id 4: "name" has no text in en', () => readMonsters(texts(), skills, [{ ...MONSTER, id: 4 }]));
    says('monsters, id 1: "name" must be a name and a description in zh', () => new Texts('zh', { monsters: { 1: ['Rat'] } }));
    const some = new Texts('zh', { monsters: { 1: ['Rat', 'Bites.'], 2: ['Cat', 'Bites rats.'] } });
    readMonsters(some, skills, [MONSTER]);
    says('monsters, id 2: "name" has a text in zh and there is no such row', () => some.finish());
  });
});
