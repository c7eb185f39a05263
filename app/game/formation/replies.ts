/** The answer to command 2306: who stands where. Pure. */
import { type Reply, success } from '../../share/reply';
import type { Companions } from './party';
import { type PlacedUnit, type Places, UNIT_KINDS, unitsIn } from './rules';

/** Filled places only, in their order. */
export function formationReply(places: Places, companions: Companions): Reply {
  return success({ matrix: unitsIn(places).flatMap((unit) => entryOf(unit, companions)) });
}

/** A client draws a unit by `tempid`: the profession of a character, the template of a pet. */
function entryOf({ position, kind, id }: PlacedUnit, { hero, pets, hired }: Companions) {
  const entry = (chaid: number, tempid: number) => [{ pos: position, chatype: kind, chaid, tempid }];
  if (kind === UNIT_KINDS.hero) return entry(hero.id, hero.profession.id);
  const pet = pets.get(id);
  if (pet) return entry(id, pet.template.id);
  const character = hired.get(id);
  return character ? entry(id, character.profession.id) : [];
}
