/** The pets of a character in a transaction. */
import type { Transaction } from 'firefly-ts';
import type { PetTemplate } from '../../data/pets';
import { Refused } from '../../share/refused';
import { type Pet as PetRow, pets } from '../../share/tables';
import { addToList, listOf, takeFromList } from '../character/lists';
import { placesOf, putPlaces } from '../formation/rows';
import { without } from '../formation/rules';
import { MAX_PETS, newPet } from './pet';
import { petColumns } from './petrow';

export async function petsOf(t: Transaction, characterId: number): Promise<PetRow[]> {
  return listOf(t, pets, characterId);
}

/** A pet of this character. @throws Refused when it has none of that id */
export async function petOf(t: Transaction, characterId: number, petId: number): Promise<PetRow> {
  const pet = await t.get(pets, petId);
  if (pet?.ownerID !== characterId) throw new Refused('petMissing');
  return pet;
}

/** @returns the id of the new pet. @throws Refused when there is no room for another one */
export async function givePet(t: Transaction, characterId: number, template: PetTemplate): Promise<number> {
  if ((await petsOf(t, characterId)).length >= MAX_PETS) throw new Refused('petsFull');
  return addToList(t, pets, characterId, { ownerID: characterId, name: '', ...petColumns(newPet(template)) });
}

/** Pets that are gone: they leave the formation, too. */
export async function losePets(t: Transaction, characterId: number, petIds: readonly number[]): Promise<void> {
  for (const id of petIds) await takeFromList(t, pets, characterId, id);
  const places = await placesOf(t, characterId);
  if (petIds.some((id) => places.includes(id))) await putPlaces(t, characterId, petIds.reduce(without, places));
}
