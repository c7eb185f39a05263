/** Buffs: what a skill leaves behind on the unit that it hits. */
import type { Row } from './read/row';
import { readTable, type Table } from './read/table';
import type { Named, Texts } from './read/texts';
import rows from './tables/buffs.json';

/** What a buff does to the unit that has it. */
export type BuffEffect =
  /** Multiplies an attribute. */
  | { readonly kind: 'scale'; readonly attribute: 'phyAtt' | 'phyDef'; readonly factor: number }
  /** Takes hit points before each of its actions: a factor of the attack of whoever made it bleed. */
  | { readonly kind: 'bleed'; readonly factor: number }
  /** Keeps it from using any skill. */
  | { readonly kind: 'silence' }
  /** Takes all its power, once. */
  | { readonly kind: 'drain' };

export interface Buff extends Named {
  readonly id: number;
  /** How many of its holder's actions it lasts, beyond the one that comes next. */
  readonly rounds: number;
  /** Of two buffs of one type a unit has one. */
  readonly type: number;
  readonly maxStack: number;
  readonly icon: number;
  readonly effect: BuffEffect;
}

const KINDS = ['scale', 'bleed', 'silence', 'drain'] as const;

export function readBuffs(texts: Texts, from: unknown = rows): Table<Buff> {
  return readTable('buffs', from, (row) => ({
    id: row.id,
    ...texts.of(row),
    rounds: row.integer('rounds', { min: 1 }),
    type: row.integer('type', { min: 1 }),
    maxStack: row.integer('maxStack', { min: 1 }),
    icon: row.integer('icon'),
    effect: readEffect(row),
  }));
}

function readEffect(row: Row): BuffEffect {
  const kind = row.oneOf('effect', KINDS);
  if (kind === 'scale') return { kind, attribute: row.oneOf('attribute', ['phyAtt', 'phyDef']), factor: row.number('factor') };
  return kind === 'bleed' ? { kind, factor: row.number('factor') } : { kind };
}
