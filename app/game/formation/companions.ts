/** Who stands in a character's formation, read in a transaction. */
import type { Transaction } from 'firefly-ts';
import { pets } from '../../share/tables';
import type { Fighter } from '../battle/fighter';
import type { FightingPet } from '../battle/fighters';
import { heroOf } from '../character/hero';
import { wholePet } from '../pets/petrow';
import { type Companions, partyOf } from './party';
import { placesOf } from './rows';
import { type Places, UNIT_KINDS, type UnitKind, unitsIn } from './rules';

export async function companionsOf(t: Transaction, characterId: number, places: Places): Promise<Companions> {
  const idsOf = (kind: UnitKind) => unitsIn(places).flatMap((unit) => (unit.kind === kind ? [unit.id] : []));
  const [hero, companions, hired] = await Promise.all([
    heroOf(t, characterId),
    petsOf(t, characterId, idsOf(UNIT_KINDS.pet)),
    Promise.all(idsOf(UNIT_KINDS.hired).map((id) => heroOf(t, id))),
  ]);
  return { hero, pets: byId(companions), hired: byId(hired) };
}

/** The side that a character brings into a battle. @throws Refused when there is no such character */
export async function partyFor(t: Transaction, characterId: number): Promise<Fighter[]> {
  const places = await placesOf(t, characterId);
  return partyOf(places, await companionsOf(t, characterId, places));
}

/** A formation of an older server may name a pet that is gone. */
async function petsOf(t: Transaction, characterId: number, petIds: readonly number[]): Promise<FightingPet[]> {
  return (await t.getMany(pets, petIds)).flatMap((row) => (row?.ownerID === characterId ? wholePet(row) : []));
}

function byId<T extends { readonly id: number }>(all: readonly T[]): ReadonlyMap<number, T> {
  return new Map(all.map((one) => [one.id, one]));
}
