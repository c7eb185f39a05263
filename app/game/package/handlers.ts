/** Commands 204 and 211: what lies in the package, and what an item is. */
import { transaction } from 'firefly-ts';
import { ITEM_DETAILS, PACKAGE } from '../../share/commands';
import { playerCommand } from '../channel';
import { gameData } from '../data';
import { templateOf } from './items';
import { detailsReply, packageReply } from './replies';
import { itemOf, packageOf } from './rows';

playerCommand(PACKAGE, async ({ characterId }) => {
  const there = await transaction((t) => packageOf(t, characterId));
  return packageReply(there, gameData().items);
});

playerCommand(ITEM_DETAILS, async ({ characterId }, request) => {
  const itemId = request.integer('itemid');
  const item = await transaction((t) => itemOf(t, characterId, itemId));
  return detailsReply(item, templateOf(item));
});
