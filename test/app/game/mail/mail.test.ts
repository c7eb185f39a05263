import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mailListReply, mailReply } from '../../../../app/game/mail/replies';
import { checkLetter, MAIL_KINDS, mailsOf } from '../../../../app/game/mail/rules';
import { refuses } from '../data';

function mail(id: number, more: Partial<ReturnType<typeof letter>> = {}) {
  return { ...letter(id), ...more };
}

function letter(id: number) {
  return {
    id,
    title: `title ${id}`,
    sender: 'writer',
    content: `content ${id}`,
    sendTime: '2026-01-02 03:04:05',
    senderId: 1_000_001,
    receiverId: 1_000_002,
    type: 1,
    isReaded: 0,
    isSaved: 0,
    coinContains: 0,
    goldContains: 0,
    couponContains: 0,
  };
}

describe('a mailbox', () => {
  it('shows unread mails first, and the newest of them first', () => {
    const mails = [
      mail(1, { isReaded: 1 }),
      mail(2),
      mail(3, { sendTime: '2026-01-02 03:04:04' }),
      mail(4, { isReaded: 1, sendTime: '2027-01-01 00:00:00' }),
      mail(5),
    ];
    assert.deepEqual(
      mailsOf(mails, MAIL_KINDS.all).map(({ id }) => id),
      [5, 2, 3, 4, 1],
    );
  });

  it('shows mails of the game, of players, and those that are kept', () => {
    const mails = [mail(1), mail(2, { type: 0 }), mail(3, { isSaved: 1 })];
    const shown = (kind: number) => mailsOf(mails, kind).map(({ id }) => id);
    assert.deepEqual([0, 1, 2, 3].map(shown), [[2, 1], [2], [1], [3]]);
  });

  it('is answered to 501 with exactly these fields, all at once or four at a time', () => {
    const mails = Array.from({ length: 5 }, (_, at) => mail(at + 1));
    assert.deepEqual(mailListReply(mails.slice(0, 1), MAIL_KINDS.all, 0), {
      result: true,
      message: '',
      data: {
        maillist: [{ id: 1, sender: 'writer', title: 'title 1', type: 1, isReaded: 0, sendTime: '2026-01-02 03:04:05' }],
        pages: 1,
      },
    });
    const page = (number: number) =>
      (mailListReply(mails, MAIL_KINDS.all, number).data as { maillist: { id: number }[] }).maillist.map(({ id }) => id);
    assert.deepEqual([0, 1, 2, 3].map(page), [[5, 4, 3, 2, 1], [5, 4, 3, 2], [1], []]);
    assert.deepEqual(mailListReply([], MAIL_KINDS.all, 1).data, { maillist: [], pages: 1 });
  });
});

describe('a mail', () => {
  it('is answered to 505 with exactly these fields', () => {
    assert.deepEqual(mailReply(mail(7)), {
      result: true,
      message: '',
      data: { id: 7, sender: 'writer', title: 'title 7', sendTime: '2026-01-02 03:04:05', content: 'content 7' },
    });
  });

  it('says nothing that is forbidden', () => {
    checkLetter('Greetings', 'How are you?');
    refuses('forbiddenWord', () => checkLetter('Cheap Gold', 'How are you?'));
    refuses('forbiddenWord', () => checkLetter('Greetings', 'Cheap Gold'));
  });
});
