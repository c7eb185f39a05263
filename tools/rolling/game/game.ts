/** The sample's game node, with commands that change something: in memory, and in a row. Each answers with the number that it was sent. */
import '../../../app/gameserver';
import { pushObject } from 'firefly-ts';
import { playerCommand } from '../../../app/game/channel';
import { success } from '../../../app/share/reply';
import { characters } from '../../../app/share/tables';
import { COMMANDS, PUSHED } from './commands';

playerCommand(COMMANDS.earn, (player, request) => {
  player.coin += 1;
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
