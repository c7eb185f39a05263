/** Mail as a client sees it: the answers to 501 and 505. Pure. */
import { type Reply, success } from '../../share/reply';
import type { Mail } from '../../share/tables';
import { mailsOf, pageOf, pagesOf } from './rules';

/** @param page from 1 on; 0 for all */
export function mailListReply(mails: readonly Mail[], kind: number, page: number): Reply {
  const those = mailsOf(mails, kind);
  const maillist = pageOf(those, page).map(({ id, sender, title, type, isReaded, sendTime }) => ({
    id,
    sender,
    title,
    type,
    isReaded,
    sendTime,
  }));
  return success({ maillist, pages: pagesOf(those) });
}

export function mailReply({ id, sender, title, sendTime, content }: Mail): Reply {
  return success({ id, sender, title, sendTime, content });
}
