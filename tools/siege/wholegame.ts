/** Whether everything that can be asked of the game was asked for, and was done at least once. Pure. */
import { OPERATIONS } from '../../app/admin/operations/rules';
import { CREATE_ROLE, ENTER, FORWARDED, LOGIN } from '../../app/share/commands';
import type { Check } from '../audit/check';
import type { Books } from '../bots/books';

const COMMANDS = [LOGIN, CREATE_ROLE, ENTER, ...FORWARDED, ...OPERATIONS, 'recharge'];

/** In less than this chance decides what is done. */
const LEAST = { bots: 60, minutes: 2 } as const;

/** @param commands how requests ended, those of bots and those of the operator */
export function checkWholeGame(commands: Books['commands'], { bots, minutes }: { readonly bots: number; readonly minutes: number }): Check {
  const never = COMMANDS.filter((command) => !((commands[command]?.done ?? 0) > 0));
  const isLong = bots >= LEAST.bots && minutes >= LEAST.minutes;
  return {
    name: 'every command and every operation of the game was done',
    seen: `${COMMANDS.length - never.length} of ${COMMANDS.length}${isLong ? '' : `; not asked of less than ${LEAST.bots} bots and ${LEAST.minutes} minutes`}`,
    wrong: isLong ? never.map((command) => `${command}: ${textOf(commands[command])}`) : [],
  };
}

function textOf(counts: Books['commands'][string] | undefined): string {
  return counts ? `${counts.refused} refused, ${counts.failed} failed, ${counts.lost} lost, none done` : 'never asked for';
}
