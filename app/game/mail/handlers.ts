/** Commands 501 to 505: a player's mailbox, and writing to others. */
import { transaction } from 'firefly-ts';
import { DELETE_MAIL, MAIL_LIST, READ_MAIL, SAVE_MAIL, SEND_MAIL } from '../../share/commands';
import { Refused } from '../../share/refused';
import { done } from '../../share/reply';
import { mails } from '../../share/tables';
import { sqlTime } from '../../share/time';
import { playerCommand } from '../channel';
import { characterNamed } from '../friends/find';
import { mailListReply, mailReply } from './replies';
import { mailboxOf, ownMail } from './rows';
import { checkLetter, FROM_PLAYER, LAST_KIND, MAIL_KINDS, MAX_CONTENT, MAX_MAILS, MAX_TITLE } from './rules';

/** The longest name there is, and some more: an unknown name is not a wrong field. */
const MAX_NAME = 40;

playerCommand(MAIL_LIST, async ({ characterId }, request) => {
  const kind = request.integerOr(MAIL_KINDS.all, 'kind', 0, LAST_KIND);
  const page = request.integerOr(0, 'page', 0, MAX_MAILS);
  return mailListReply(await mailboxOf(characterId), kind, page);
});

playerCommand(SEND_MAIL, async ({ characterId, name }, request) => {
  const title = request.text('title', MAX_TITLE);
  const content = request.text('content', MAX_CONTENT);
  checkLetter(title, content);
  const receiverId = await characterNamed(request.text('pname', MAX_NAME));
  if (receiverId === undefined) throw new Refused('playerMissing');
  if (receiverId === characterId) throw new Refused('cannotMailSelf');
  // Two who write at once may fill a box by one mail too many. To prevent that, each mail would get in the way of what its receiver does.
  if ((await mails.getAllPkByFk(receiverId)).length >= MAX_MAILS) throw new Refused('mailboxFull');
  await mails.new({ title, content, sender: name, senderId: characterId, receiverId, type: FROM_PLAYER, sendTime: sqlTime(Date.now()) });
  return done();
});

playerCommand(READ_MAIL, ({ characterId }, request) => {
  const id = request.integer('mailID');
  return transaction(async (t) => {
    const mail = await ownMail(t, characterId, id);
    if (mail.isReaded === 0) await t.update(mails, id, { isReaded: 1 });
    return mailReply(mail);
  });
});

playerCommand(DELETE_MAIL, ({ characterId }, request) => {
  const id = request.integer('mailID');
  return transaction(async (t) => {
    await ownMail(t, characterId, id);
    await t.delete(mails, id);
    return done();
  });
});

playerCommand(SAVE_MAIL, ({ characterId }, request) => {
  const id = request.integer('mailID');
  return transaction(async (t) => {
    await ownMail(t, characterId, id);
    await t.update(mails, id, { isSaved: 1 });
    return done();
  });
});
