/** What a pet has learnt and its owner has not kept yet, in a transaction. */
import type { Transaction } from 'firefly-ts';
import type { Growth } from '../../data/pets';
import { trainedGrowths } from '../../share/tables';
import type { Pet } from '../pets/pet';

export async function putTrained(t: Transaction, { id, templateId }: Pet, growth: Growth): Promise<void> {
  const { str: StrGrowth, vit: VitGrowth, dex: DexGrowth, wis: WisGrowth } = growth;
  const fields = { templateID: templateId, StrGrowth, VitGrowth, DexGrowth, WisGrowth };
  if (await t.get(trainedGrowths, id)) await t.update(trainedGrowths, id, fields);
  else await t.insert(trainedGrowths, { petId: id, ...fields });
}

/** Takes what the pet has learnt out of the table. Undefined when that is nothing, or was learnt before it grew into another. */
export async function takeTrained(t: Transaction, { id, templateId }: Pet): Promise<Growth | undefined> {
  const row = await t.get(trainedGrowths, id);
  if (!row) return undefined;
  await t.delete(trainedGrowths, id);
  return row.templateID === templateId ? { str: row.StrGrowth, vit: row.VitGrowth, dex: row.DexGrowth, wis: row.WisGrowth } : undefined;
}
