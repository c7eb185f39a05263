/** Skills: whom one hits, how hard, and what it leaves behind. */
import type { Buff } from './buffs';
import type { Row } from './read/row';
import { readTable, type Table } from './read/table';
import type { Named, Texts } from './read/texts';
import rows from './tables/skills.json';

/** Whom a skill hits. The nearest unit in lane order stands for `single`, and wherever there is nobody in the back row. */
export const RANGES = ['single', 'all', 'lane', 'row', 'backRow', 'backSingle'] as const;

export interface Skill extends Named {
  readonly id: number;
  readonly range: (typeof RANGES)[number];
  /** Times the attack of whoever uses it. For an enemy 0 or more, for one's own side 0 or less, which heals. */
  readonly factor: number;
  /** What it costs, unless it is used as an ordinary attack. */
  readonly power: number;
  /** Actions until it can be used again. */
  readonly cooldown: number;
  readonly target: 'enemy' | 'own';
  /** Which defence stands against it. */
  readonly attribute: 'physical' | 'magic';
  readonly buff: Buff | undefined;
  /** The buff lands when a draw from 0 to 100 is below it. */
  readonly buffRate: number;
}

export function readSkills(texts: Texts, buffs: Table<Buff>, from: unknown = rows): Table<Skill> {
  return readTable('skills', from, (row) => ({
    id: row.id,
    ...texts.of(row),
    range: row.oneOf('range', RANGES),
    ...readTarget(row),
    power: row.integer('power', { max: 100 }),
    cooldown: row.integer('cooldown'),
    attribute: row.oneOf('attribute', ['physical', 'magic'], 'physical'),
    buff: row.optional('buff', (field) => row.reference(field, 'buffs', buffs)),
    buffRate: row.integer('buffRate', { max: 101, or: 100 }),
  }));
}

/** A skill for one's own side heals. */
function readTarget(row: Row): Pick<Skill, 'target' | 'factor'> {
  const target = row.oneOf('target', ['enemy', 'own'], 'enemy');
  return { target, factor: target === 'enemy' ? row.number('factor', { max: 100 }) : row.number('factor', { min: -100, max: 0 }) };
}

/** What monsters and pets do when they use no skill. */
export const STRIKE = 610101;
