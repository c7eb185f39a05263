/** What a pet has learnt and its owner has not kept yet, in a transaction. */
import type { Transaction } from 'firefly-ts';
import type { Growth } from '../../data/pets';
import { type Pet, trainedGrowths } from '../../share/tables';

export async function putTrained(t: Transaction, { id, templateID }: Pet, growth: Growth): Promise<void> {
  const fields = { templateID, ...growthColumns(growth) };
  if (await t.get(trainedGrowths, id)) await t.update(trainedGrowths, id, fields);
  else await t.insert(trainedGrowths, { petId: id, ...fields });
}

/** Takes what the pet has learnt out of the table. Undefined when that is nothing, or was another pet's before this one grew. */
export async function takeTrained(t: Transaction, { id, templateID }: Pet): Promise<Growth | undefined> {
  const row = await t.get(trainedGrowths, id);
  if (!row) return undefined;
  await t.delete(trainedGrowths, id);
  return row.templateID === templateID ? growthOf(row) : undefined;
}

type GrowthColumns = Pick<Pet, 'StrGrowth' | 'WisGrowth' | 'VitGrowth' | 'DexGrowth'>;

export function growthOf({ StrGrowth, VitGrowth, DexGrowth, WisGrowth }: GrowthColumns): Growth {
  return { str: StrGrowth, vit: VitGrowth, dex: DexGrowth, wis: WisGrowth };
}

export function growthColumns({ str, vit, dex, wis }: Growth): GrowthColumns {
  return { StrGrowth: str, VitGrowth: vit, DexGrowth: dex, WisGrowth: wis };
}
