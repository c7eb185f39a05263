/** Items as a client sees them: the answers to 204 and 211. Pure. */
import type { ItemTemplate } from '../../data/items';
import type { Table } from '../../data/read/table';
import { type Reply, success } from '../../share/reply';
import type { Item } from '../../share/tables';

/** Answer to 204. @param there what is not worn; an item whose template is gone from the data is left out */
export function packageReply(there: readonly Item[], templates: Table<ItemTemplate>): Reply {
  const itemlist = there.flatMap((item) => {
    const template = templates.get(item.itemTemplateId);
    return template ? [{ itemid: item.id, icon: template.icon, tempid: template.id, stack: item.stack, exp: item.exp }] : [];
  });
  return success({ itemlist });
}

/** Answer to 211. */
export function detailsReply(item: Item, template: ItemTemplate): Reply {
  return success({ ...described(template), itemid: item.id, qlevel: item.strengthen });
}

/** A template with the fields of 205 and 211, as an item that nobody has. `qh` says whether it can be worn. */
export function described({ id, icon, name, description, bonus, price, slot }: ItemTemplate) {
  return {
    itemid: 0,
    icon,
    itemname: name,
    itemdesc: description,
    tempid: id,
    qlevel: 0,
    attack: bonus.phyAtt ?? 0,
    fangyu: bonus.phyDef ?? 0,
    minjie: bonus.speed ?? 0,
    tili: bonus.maxHp ?? 0,
    price,
    stack: 1,
    qh: slot === undefined ? 0 : 1,
  };
}
