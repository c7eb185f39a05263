/** The pets of a character in a transaction. */
import type { Transaction } from 'firefly-ts';
import type { PetTemplate } from '../../data/pets';
import { Refused } from '../../share/refused';
import { type Pet as PetRow, pets } from '../../share/tables';
import { addToList, listOf, takeFromList } from '../character/lists';
import { placesOf, putPlaces } from '../formation/rows';
import { without } from '../formation/rules';
import type { Counted } from '../ledger/differences';
import { noteList } from '../ledger/rows';
import { MAX_PETS, newPet, type Pet } from './pet';
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

/** @param reason for the ledger @returns the id of the new pet @throws Refused when there is no room for another one */
export async function givePet(t: Transaction, characterId: number, template: PetTemplate, reason: string): Promise<number> {
  const before = await petsOf(t, characterId);
  if (before.length >= MAX_PETS) throw new Refused('petsFull');
  const id = await addToList(t, pets, characterId, { ownerID: characterId, name: '', ...petColumns(newPet(template)) });
  await notePets(t, characterId, reason, before);
  return id;
}

/** What has become of a pet: it may be one of another template by now. @param reason for the ledger */
export async function putPet(t: Transaction, characterId: number, pet: Pet, reason: string): Promise<void> {
  const before = await petsOf(t, characterId);
  await t.update(pets, pet.id, petColumns(pet));
  await notePets(t, characterId, reason, before);
}

/** Pets that are gone: they leave the formation, too. @param reason for the ledger */
export async function losePets(t: Transaction, characterId: number, petIds: readonly number[], reason: string): Promise<void> {
  const before = await petsOf(t, characterId);
  for (const id of petIds) await takeFromList(t, pets, characterId, id);
  await notePets(t, characterId, reason, before);
  const places = await placesOf(t, characterId);
  if (petIds.some((id) => places.includes(id))) await putPlaces(t, characterId, petIds.reduce(without, places));
}

async function notePets(t: Transaction, characterId: number, reason: string, before: readonly PetRow[]): Promise<void> {
  await noteList(t, characterId, reason, 'pet', before.map(counted), (await petsOf(t, characterId)).map(counted));
}

function counted({ templateID: template }: PetRow): Counted {
  return { template, count: 1 };
}
