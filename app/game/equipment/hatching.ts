/** A pet comes out of an egg, in a transaction. */
import type { Transaction } from 'firefly-ts';
import type { ItemTemplate } from '../../data/items';
import { characterOf } from '../character/rows';
import { givePet, petsOf } from '../pets/rows';
import type { Random } from '../random';
import { openEgg } from './eggs';

/** @param reason for the ledger @throws Refused when it is no egg, the owner has not the level for it, or has no room for another pet */
export async function hatch(t: Transaction, characterId: number, egg: ItemTemplate, random: Random, reason: string): Promise<void> {
  const { level } = await characterOf(t, characterId);
  const pets = await petsOf(t, characterId);
  await givePet(t, characterId, openEgg(egg, { level, pets: pets.length }, random), reason);
}
