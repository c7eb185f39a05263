/** Compounding as a client sees it: the answers to 205 and 2109. Pure. */
import type { ItemTemplate } from '../../data/items';
import type { Table } from '../../data/read/table';
import { type Reply, success } from '../../share/reply';
import { described } from '../package/replies';
import type { Stack } from '../package/stacks';
import type { Compounding } from './rules';

/** Answer to 205. */
export function targetReply({ result, price }: Compounding): Reply {
  return success({ hcprice: price, iteminfo: described(result) });
}

/** Answer to 2109. */
export function fragmentsReply(fragments: readonly Stack[], templates: Table<ItemTemplate>): Reply {
  const itemlist = fragments.map(({ id, templateId, stack }) => {
    return { itemid: id, icon: templates.get(templateId)?.icon ?? 0, tempid: templateId, stack };
  });
  return success({ itemlist });
}
