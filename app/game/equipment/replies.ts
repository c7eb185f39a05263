/** The equipment screen: the answer to 203. Pure. */
import type { ItemTemplate } from '../../data/items';
import type { Table } from '../../data/read/table';
import { type Reply, success } from '../../share/reply';
import type { Attributes } from '../character/attributes';
import type { WornItem } from './rows';

/** @param worn in the order of the slots. `exp` stands in the item, and beside it, where clients look for it. */
export function equipmentReply(worn: readonly WornItem[], { phyAtt, phyDef, speed }: Attributes, templates: Table<ItemTemplate>): Reply {
  const equip = worn.map(({ slot, item: { id, itemTemplateId, exp } }) => {
    const icon = templates.get(itemTemplateId)?.icon ?? 0;
    return { pos: slot, item: { itemid: id, icon, tempid: itemTemplateId, exp }, exp };
  });
  return success({ equip, attack: phyAtt, fangyu: phyDef, minjie: speed });
}
