/** Opening a pet egg. Pure. */
import type { ItemTemplate } from '../../data/items';
import type { PetTemplate } from '../../data/pets';
import { Refused } from '../../share/refused';
import { MAX_PETS } from '../pets/pet';
import type { Random } from '../random';

/**
 * The template of the pet that comes out.
 *
 * @param pets how many the owner has
 * @throws Refused when it is no egg, the owner has not the level for it, or has no room for another pet
 */
export function openEgg(
  { egg, levelRequired }: ItemTemplate,
  owner: { readonly level: number; readonly pets: number },
  random: Random,
): PetTemplate {
  if (!egg) throw new Refused('notUsable');
  if (owner.level < levelRequired) throw new Refused('levelTooLow');
  if (owner.pets >= MAX_PETS) throw new Refused('petsFull');
  return random.between(0, 100_000) < egg.chance ? egg.rare : egg.usual;
}
