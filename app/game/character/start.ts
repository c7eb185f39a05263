/** What a role has from the first time that it enters the game, beside the row that says who it is. */
import type { Transaction } from 'firefly-ts';
import { equipment, formations } from '../../share/tables';
import { putSlots } from '../equipment/rows';
import { EMPTY_SLOTS } from '../equipment/slots';
import { putPlaces } from '../formation/rows';
import { FIRST_FORMATION } from '../formation/rules';

/** Makes what is missing: it wears nothing, and stands alone in its formation. Roles of an older server come here too. */
export async function makeStart(t: Transaction, characterId: number): Promise<void> {
  if (!(await t.get(equipment, characterId))) await putSlots(t, characterId, EMPTY_SLOTS);
  if (!(await t.get(formations, characterId))) await putPlaces(t, characterId, FIRST_FORMATION);
}
