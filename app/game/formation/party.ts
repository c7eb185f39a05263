/** The side that a player brings into a battle: whoever stands in its formation, in the order of the places. Pure. */
import type { Fighter } from '../battle/fighter';
import { characterFighter, type FightingCharacter, type FightingPet, petFighter } from '../battle/fighters';
import { type Places, UNIT_KINDS, unitsIn } from './rules';

export interface Companions {
  readonly hero: FightingCharacter;
  /** By id. Who is not among them does not fight. */
  readonly pets: ReadonlyMap<number, FightingPet>;
  readonly hired: ReadonlyMap<number, FightingCharacter>;
}

export function partyOf(places: Places, { hero, pets, hired }: Companions): Fighter[] {
  return unitsIn(places).flatMap(({ position, kind, id }) => {
    if (kind === UNIT_KINDS.pet) {
      const pet = pets.get(id);
      return pet ? [petFighter(pet, position)] : [];
    }
    const character = kind === UNIT_KINDS.hero ? hero : hired.get(id);
    return character ? [characterFighter(character, position)] : [];
  });
}
