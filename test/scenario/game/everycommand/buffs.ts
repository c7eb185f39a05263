/** Fights until everything that a buff does to a report was seen. */
import assert from 'node:assert/strict';
import { damageOverTime } from './battleshape';
import { differences } from './shape';

export interface Battle {
  readonly battleResult: number;
  readonly setData: unknown;
  readonly stepData: readonly { readonly chaBuff: unknown; readonly enemyChaArr: readonly { readonly enemyBuff: unknown }[] }[];
}

/** A buff needs dice that do not fail it, and somebody who lives until it hurts: nearly every fight of these has both. */
export async function seesBuffs(fight: () => Promise<Battle>): Promise<void> {
  const missing = new Set(['on who acts', 'on who is struck', 'that hurts']);
  for (let fights = 0; missing.size > 0 && fights < 10; fights++) {
    for (const step of (await fight()).stepData) {
      if (differences(damageOverTime, step).length === 0) missing.delete('that hurts');
      if (step.chaBuff !== 0) missing.delete('on who acts');
      if (step.enemyChaArr.some(({ enemyBuff }) => enemyBuff !== 0)) missing.delete('on who is struck');
    }
  }
  assert.deepEqual([...missing], [], 'every kind of buff in a report was seen');
}
