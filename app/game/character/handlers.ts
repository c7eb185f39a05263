/** Command 105: the status bar. */
import { transaction } from 'firefly-ts';
import { STATUS } from '../../share/commands';
import { playerCommand } from '../channel';
import { statusReply } from './replies';
import { statusOf } from './status';

playerCommand(STATUS, async ({ characterId }) => {
  const status = await transaction((t) => statusOf(t, characterId));
  return statusReply(status, Date.now());
});
