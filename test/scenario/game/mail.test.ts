/** Mail between players: commands 501 to 505. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { MAX_MAILS } from '../../../app/game/mail/rules';
import { en } from '../../../app/share/texts/en';
import { type PlaygroundPlayer, usePlayground } from './playground';

interface ListedMail {
  readonly id: number;
  readonly sender: string;
  readonly title: string;
  readonly type: number;
  readonly isReaded: number;
  readonly sendTime: string;
}

describe('mail', () => {
  const game = usePlayground();
  let ada: PlaygroundPlayer;
  let bob: PlaygroundPlayer;
  before(async () => {
    [ada, bob] = await Promise.all([game.enter('ada ada'), game.enter('bob bob')]);
  });

  const box = async (player: PlaygroundPlayer, fields = {}) =>
    (await player.does(501, fields)).data as unknown as { readonly maillist: readonly ListedMail[]; readonly pages: number };
  const titles = async (player: PlaygroundPlayer, fields = {}) => (await box(player, fields)).maillist.map(({ title }) => title);
  const send = (title: string, content = 'a word') => ada.does(502, { pname: 'bob bob', title, content });

  it('reaches its receiver, and no one else', async () => {
    assert.deepEqual(await ada.does(502, { pname: 'bob bob', title: 'Greetings', content: '你好, Bob!' }), { result: true, message: '' });
    const { maillist, pages } = await box(bob);
    const [mail] = maillist;
    assert.ok(mail);
    assert.match(mail.sendTime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.deepEqual(maillist, [{ id: mail.id, sender: 'ada ada', title: 'Greetings', type: 1, isReaded: 0, sendTime: mail.sendTime }]);
    assert.equal(pages, 1);
    assert.deepEqual((await box(ada)).maillist, []);
  });

  it('is read by its receiver, and read from then on', async () => {
    const [mail] = (await box(bob)).maillist;
    const { data } = await bob.does(505, { mailID: mail?.id });
    assert.deepEqual(data, { id: mail?.id, sender: 'ada ada', title: 'Greetings', sendTime: mail?.sendTime, content: '你好, Bob!' });
    assert.deepEqual(
      (await box(bob)).maillist.map(({ isReaded }) => isReaded),
      [1],
    );
  });

  it('is nobody else’s to read, keep or delete', async () => {
    const [mail] = (await box(bob)).maillist;
    const before = await box(bob);
    for (const command of [503, 504, 505]) {
      await ada.isRefused(command, { mailID: mail?.id }, en.mailMissing);
      await bob.isRefused(command, { mailID: 999_999 }, en.mailMissing);
      await bob.isRefused(command, { mailID: String(mail?.id) }, /mailID/);
      await bob.isRefused(command, {}, /mailID/);
      await bob.isRefused(command, { mailID: mail?.id, characterId: ada.characterId }, /characterId/);
    }
    assert.deepEqual(await box(bob), before);
  });

  it('is refused when it is not fit to be sent', async () => {
    const mail = { pname: 'bob bob', title: 'fine', content: 'fine' };
    const before = await box(bob);
    for (const [fields, message] of [
      [{ title: 'thirteen char' }, /title/],
      [{ title: 5 }, /title/],
      [{ content: 'x'.repeat(256) }, /content/],
      [{ content: 'half \ud800' }, /content/],
      [{ title: 'Cheap Gold' }, en.forbiddenWord],
      [{ content: 'there is CHEAP GOLD' }, en.forbiddenWord],
      [{ pname: 'nobody' }, en.playerMissing],
      [{ pname: "' OR ''='" }, en.playerMissing],
      [{ pname: 'ada ada' }, en.cannotMailSelf],
      [{ pname: ['bob bob'] }, /pname/],
    ] as const)
      await ada.isRefused(502, { ...mail, ...fields }, message);
    assert.deepEqual(await box(bob), before);
  });

  it('is shown unread and newest first, by kind and by page', async () => {
    for (const title of ['second', 'third', 'fourth', 'fifth']) await send(title);
    assert.deepEqual((await titles(bob)).sort(), ['Greetings', 'fifth', 'fourth', 'second', 'third']);
    assert.equal((await titles(bob)).at(-1), 'Greetings', 'what is read comes last');
    assert.equal((await box(bob)).pages, 2);
    assert.equal((await titles(bob, { page: 1 })).length, 4);
    assert.deepEqual(await titles(bob, { page: 2 }), ['Greetings']);
    assert.deepEqual(await titles(bob, { page: 3 }), []);
    assert.deepEqual(await titles(bob, { kind: 1 }), []);
    for (const fields of [{ page: -1 }, { page: 'x' }, { kind: 4 }]) await bob.isRefused(501, fields);
  });

  it('that is kept is shown apart, and one that is deleted not at all', async () => {
    const [first] = (await box(bob)).maillist;
    await bob.does(504, { mailID: first?.id });
    assert.deepEqual(await titles(bob, { kind: 3 }), [first?.title]);
    assert.ok(!(await titles(bob)).includes(first?.title ?? ''));
    await bob.does(503, { mailID: first?.id });
    assert.deepEqual(await titles(bob, { kind: 3 }), []);
    await bob.isRefused(505, { mailID: first?.id }, en.mailMissing);
  });

  it('is deleted once by two requests at a time', async () => {
    const [mail] = (await box(bob)).maillist;
    const answers = await Promise.all([bob.ask(503, { mailID: mail?.id }), bob.ask(503, { mailID: mail?.id })]);
    assert.deepEqual(answers.map(({ result }) => result).sort(), [false, true]);
  });

  it('is refused when the box is full', async () => {
    const room = MAX_MAILS - (await box(bob)).maillist.length;
    for (let sent = 0; sent < room; sent++) await send(`mail ${sent}`);
    await ada.isRefused(502, { pname: 'bob bob', title: 'one more', content: '' }, en.mailboxFull);
    assert.equal((await box(bob)).maillist.length, MAX_MAILS);
  });
});
