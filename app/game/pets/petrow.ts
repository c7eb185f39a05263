/** A pet's row as rules and clients see it, and what of it goes back. Pure. */
import type { PetTemplate } from '../../data/pets';
import type { Pet as PetRow } from '../../share/tables';
import type { FightingPet } from '../battle/fighters';
import { gameData } from '../data';
import type { Pet } from './pet';

export function petFrom({ id, templateID, level, exp, energy, StrGrowth, VitGrowth, DexGrowth, WisGrowth }: PetRow): Pet {
  return { id, templateId: templateID, level, exp, energy, growth: { str: StrGrowth, vit: VitGrowth, dex: DexGrowth, wis: WisGrowth } };
}

/** What happens to a pet changes these columns and no others. */
export function petColumns({ templateId, level, exp, energy, growth }: Omit<Pet, 'id'>): Partial<PetRow> {
  const { str: StrGrowth, vit: VitGrowth, dex: DexGrowth, wis: WisGrowth } = growth;
  return { templateID: templateId, level, exp, energy, StrGrowth, VitGrowth, DexGrowth, WisGrowth };
}

/** With its template. @throws TypeError naming the row when the data has no such template any more */
export function wholePet(row: PetRow): Pet & FightingPet {
  return { ...petFrom(row), name: row.name, template: templateOf(row) };
}

function templateOf({ id, templateID }: PetRow): PetTemplate {
  const template = gameData().pets.get(templateID);
  if (!template) throw new TypeError(`tb_pet ${id}: there is no pet template ${templateID}`);
  return template;
}
