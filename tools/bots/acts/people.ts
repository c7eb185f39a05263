/** Other players: mails, friends, hires. */
import {
  ADD_FRIEND,
  DELETE_FRIEND,
  DELETE_MAIL,
  FRIEND_LIST,
  HIRE,
  HIRE_RECORDS,
  INSPECT,
  MAIL_LIST,
  RANKING,
  READ_MAIL,
  SAVE_MAIL,
  SEND_MAIL,
} from '../../../app/share/commands';
import type { Bot, Data } from '../bot';
import { listIn } from './act';

/** Of what `INSPECT` shows. */
const OTHER_PLAYER = 2;
/** Of so many mails that were read one is kept, and the others are thrown away: boxes do not fill. */
const KEEPS_IN = 4;

export async function readsMail(bot: Bot): Promise<void> {
  const mail = bot.oneOf(listIn(await bot.ask(MAIL_LIST), 'maillist'));
  if (!mail || !(await bot.ask(READ_MAIL, { mailID: mail.id }))) return;
  await bot.ask(bot.random.between(1, KEEPS_IN) === 1 ? SAVE_MAIL : DELETE_MAIL, { mailID: mail.id });
}

export async function meetsPlayers(bot: Bot): Promise<void> {
  const other = await otherPlayer(bot);
  if (!other) return;
  await bot.ask(INSPECT, { type: OTHER_PLAYER, tid: other.chaid });
  await bot.ask(SEND_MAIL, { pname: other.rolename, title: 'Hello', content: 'Shall we fight together?' });
  await bot.trade('hire', HIRE, { friendid: other.chaid });
  await bot.ask(HIRE_RECORDS);
}

/** Makes a friend, and lets one go. */
export async function tendsFriends(bot: Bot): Promise<void> {
  const other = await otherPlayer(bot);
  if (other) await bot.ask(ADD_FRIEND, { friendid: other.chaid });
  const friend = bot.oneOf(listIn(await bot.ask(FRIEND_LIST), 'friendlist').filter(({ guyong }) => !guyong));
  if (friend) await bot.ask(DELETE_FRIEND, { friendid: friend.chaid });
}

async function otherPlayer(bot: Bot): Promise<Data | undefined> {
  const shown = listIn(await bot.ask(RANKING, { tag: bot.random.between(1, 3), index: 0 }), 'friendlist');
  return bot.oneOf(shown.filter(({ chaid }) => chaid !== bot.characterId));
}
