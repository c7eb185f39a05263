/** The mails of a character. */
import type { Transaction } from 'firefly-ts';
import { Refused } from '../../share/refused';
import { type Mail, mails } from '../../share/tables';

export async function mailboxOf(characterId: number): Promise<Mail[]> {
  const rows = await mails.getObjList(await mails.getAllPkByFk(characterId));
  return rows.map(({ data }) => data);
}

/** @throws Refused when there is no such mail in this character's box */
export async function ownMail(t: Transaction, characterId: number, id: number): Promise<Mail> {
  const mail = await t.get(mails, id);
  if (mail?.receiverId !== characterId) throw new Refused('mailMissing');
  return mail;
}
