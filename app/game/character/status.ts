/** What the status bar of a character is made from. */
import type { Transaction } from 'firefly-ts';
import type { Character } from '../../share/tables';
import type { Attributes } from './attributes';
import { attributesOfHero, heroOf } from './hero';
import { characterOf } from './rows';

export interface Status {
  readonly row: Character;
  readonly attributes: Attributes;
}

/** @throws Refused when there is no such character */
export async function statusOf(t: Transaction, characterId: number): Promise<Status> {
  const hero = await heroOf(t, characterId);
  return { row: await characterOf(t, characterId), attributes: attributesOfHero(hero) };
}
