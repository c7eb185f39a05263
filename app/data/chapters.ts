/** Chapters of the campaign, in the order in which they are played, and what each may drop. */
import type { ItemTemplate } from './items';
import type { Monster } from './monsters';
import type { Row } from './read/row';
import { readTable, type Table } from './read/table';
import type { Named, Texts } from './read/texts';
import rows from './tables/chapters.json';
import drops from './tables/drops.json';

export interface Foe {
  readonly monster: Monster;
  /** Its place in the formation, 1 to 9. */
  readonly position: number;
}

export interface Chapter extends Named {
  readonly id: number;
  /** 2 for a chapter that ends a part of the road. */
  readonly quality: number;
  readonly levelRequired: number;
  readonly coin: number;
  readonly exp: number;
  /** One of these comes with a victory, each as likely as the other. */
  readonly drops: readonly ItemTemplate[];
  readonly foes: readonly Foe[];
}

/** The last place of a formation. */
export const LAST_PLACE = 9;

export interface ChapterReferences {
  readonly monsters: Table<Monster>;
  readonly items: Table<ItemTemplate>;
}

export function readChapters(texts: Texts, { monsters, items }: ChapterReferences, from: unknown = rows, dropped: unknown = drops) {
  const lists = readTable('drops', dropped, (row) => row.references('items', 'items', items));
  return readTable(
    'chapters',
    from,
    (row): Chapter => ({
      id: row.id,
      ...texts.of(row),
      quality: row.integer('quality', { min: 1, max: 2 }),
      levelRequired: row.integer('levelRequired', { or: 0 }),
      coin: row.integer('coin'),
      exp: row.integer('exp'),
      drops: row.reference('drop', 'drops', lists),
      foes: readFoes(row, monsters),
    }),
  );
}

function readFoes(row: Row, monsters: Table<Monster>): Foe[] {
  const foes = row.groups('foes', (foe) => ({
    monster: foe.reference('0', 'monsters', monsters),
    position: foe.integer('1', { min: 1, max: LAST_PLACE }),
  }));
  const twice = foes.find(({ position }, at) => foes.findIndex((foe) => foe.position === position) !== at);
  if (twice) row.fail('foes', `has two monsters at place ${twice.position}`);
  return foes;
}
