/** Command 105: the status bar. */
import { STATUS } from '../../share/commands';
import { playerCommand } from '../channel';
import { statusReply } from './replies';

playerCommand(STATUS, (player) => statusReply(player, Date.now()));
