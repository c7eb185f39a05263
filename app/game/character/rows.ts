/**
 * A character's row in a transaction: what commands read of it and change.
 *
 * The row is all there is of a player, no node keeps a copy. Each function reads it as the transaction sees it by then, so they can be called one after the other;
 * what one of them refuses cancels the whole command.
 */
import type { Transaction } from 'firefly-ts';
import { Refused } from '../../share/refused';
import { type Character, characters } from '../../share/tables';
import { unixTime } from '../../share/time';
import { note } from '../ledger/rows';
import { changedCoins } from './coins';
import { type Energy, gainEnergy, spendEnergy } from './energy';
import { gainExperience, type Progress } from './level';

/** @throws Refused when there is no such character */
export async function characterOf(t: Transaction, characterId: number): Promise<Character> {
  const row = await t.get(characters, characterId);
  if (!row) throw new Refused('playerMissing');
  return row;
}

/** Adds coins, or takes them when `by` is negative; what is above the limit is lost. @param reason for the ledger @throws Refused when there are not enough */
export async function changeCoins(t: Transaction, characterId: number, by: number, reason: string): Promise<void> {
  const { coin } = await characterOf(t, characterId);
  const changed = changedCoins(coin, by);
  if (changed === undefined) throw new Refused('notEnoughCoins');
  await t.update(characters, characterId, { coin: changed });
  await note(t, characterId, reason, { what: 'coin', template: 0, amount: changed - coin, after: changed });
}

/** Gives experience. @returns the level it leads to, and what is left over for the next */
export async function gainExp(t: Transaction, characterId: number, gain: number): Promise<Progress> {
  const { level, exp } = gainExperience(await characterOf(t, characterId), gain);
  await t.update(characters, characterId, { level, exp });
  return { level, exp };
}

/** Adds energy up to the maximum, or takes it when `by` is negative. @param now milliseconds. @throws Refused when there is not enough */
export async function changeEnergy(t: Transaction, characterId: number, by: number, now: number): Promise<void> {
  const { energy, energytime } = await characterOf(t, characterId);
  const stored: Energy = { energy, since: energytime };
  const changed = by < 0 ? spendEnergy(stored, -by, unixTime(now)) : gainEnergy(stored, by, unixTime(now));
  if (!changed) throw new Refused('notEnoughEnergy');
  await t.update(characters, characterId, { energy: changed.energy, energytime: changed.since });
}
