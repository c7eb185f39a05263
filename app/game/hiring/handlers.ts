/** Commands 2301 and 2309: hiring a player for the next fight, and one's record of being hired. */
import { transaction } from 'firefly-ts';
import { HIRE, HIRE_RECORDS } from '../../share/commands';
import { text } from '../../share/game';
import { playerCommand } from '../channel';
import { hiredReply, hireRecordsReply } from './replies';
import { hire, hireRecordsOf } from './rows';

const SHOWN_RECORDS = 10;

playerCommand(HIRE, ({ characterId }, request) => {
  const playerId = request.integer('friendid');
  return transaction(async (t) => {
    await hire(t, characterId, playerId);
    return hiredReply(text('hired'));
  });
});

playerCommand(HIRE_RECORDS, async ({ characterId }) => hireRecordsReply(await hireRecordsOf(characterId, SHOWN_RECORDS)));
