/** Mail: what may be written, and what of a mailbox is shown. Pure. */
import { FORBIDDEN_WORDS, hasForbiddenWord } from '../../data/words';
import { Refused } from '../../share/refused';
import type { Mail } from '../../share/tables';

export const MAX_TITLE = 12;
export const MAX_CONTENT = 255;
/** Mails that a mailbox holds. Its owner has to delete some before others come in, so that nobody can fill the table. */
export const MAX_MAILS = 100;

export const FROM_PLAYER = 1;

/** What a client may ask for; the first leaves out those that are kept. */
export const MAIL_KINDS = { all: 0, system: 1, player: 2, saved: 3 } as const;
export const LAST_KIND = MAIL_KINDS.saved;

const A_PAGE = 4;

/** @throws Refused when a word is in it that nobody may write */
export function checkLetter(title: string, content: string): void {
  for (const text of [title, content]) if (hasForbiddenWord(text, FORBIDDEN_WORDS.anywhere)) throw new Refused('forbiddenWord');
}

type Listed = Pick<Mail, 'id' | 'type' | 'isReaded' | 'isSaved' | 'sendTime'>;

/** The mails of a kind: unread ones first, the newest first among those and among the others. */
export function mailsOf<T extends Listed>(mails: readonly T[], kind: number): T[] {
  return mails.filter((mail) => isOf(mail, kind)).sort((a, b) => a.isReaded - b.isReaded || newestFirst(a, b));
}

/** A page, from 1 on; page 0 is all there is. */
export function pageOf<T>(mails: readonly T[], page: number): T[] {
  return page === 0 ? [...mails] : mails.slice((page - 1) * A_PAGE, page * A_PAGE);
}

/** There is a first page always. */
export function pagesOf(mails: readonly unknown[]): number {
  return Math.max(1, Math.ceil(mails.length / A_PAGE));
}

function isOf({ type, isSaved }: Listed, kind: number): boolean {
  if (kind === MAIL_KINDS.saved) return isSaved === 1;
  if (isSaved === 1) return false;
  return kind === MAIL_KINDS.all || (kind === MAIL_KINDS.player) === (type === FROM_PLAYER);
}

function newestFirst(a: Listed, b: Listed): number {
  if (a.sendTime !== b.sendTime) return a.sendTime < b.sendTime ? 1 : -1;
  return b.id - a.id;
}
