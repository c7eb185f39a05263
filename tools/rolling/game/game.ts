/** The sample's game node, with commands that change something: in a transaction, and by one change of a row. Each answers with the number that it was sent. */
import '../../../app/gameserver';
import { pushObject, transaction } from 'firefly-ts';
import { playerCommand } from '../../../app/game/channel';
import { changeCoins } from '../../../app/game/character/rows';
import { success } from '../../../app/share/reply';
import { characters } from '../../../app/share/tables';
import { COMMANDS, PUSHED } from './commands';

playerCommand(COMMANDS.earn, async ({ characterId }, request) => {
  await transaction((t) => changeCoins(t, characterId, 1, 'rolling'));
  return success({ n: request.integer('n') });
});

playerCommand(COMMANDS.gain, async (player, request) => {
  const row = await characters.getObj(player.characterId);
  await row?.increment('gold', 1);
  return success({ n: request.integer('n') });
});

playerCommand(COMMANDS.push, (player, request) => {
  const n = request.integer('n');
  pushObject(PUSHED, String(n), [player.dynamicId]);
  return success({ n });
});
