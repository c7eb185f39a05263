import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AnswerWatch } from '../../../src/dbentrust/sql/answerwatch';
import { SqlRefused, StoreDown } from '../../../src/errors';
import { waitFor } from '../../../tools/lib/wait';
import { keptLog } from '../../helpers/log';

/** A question that is answered when the test says so. */
function question() {
  let resolve: (answer: string) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<string>((...settle) => {
    [resolve, reject] = settle;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

describe('a database that hangs', () => {
  it('is told of once, however many wait and time out, and again when it answers', async () => {
    const { log, lines } = keptLog();
    const watch = new AnswerWatch('MariaDB of the test', log, 20);
    const events = () => lines.map(({ event }) => event);
    for (let attempt = 0; attempt < 3; attempt++) {
      const [first, second] = [question(), question()];
      const asked = [watch.watch(first.promise), watch.watch(second.promise)];
      await waitFor(async () => lines.length > 0, 'the warning');
      first.reject(new StoreDown('no answer'));
      second.reject(new StoreDown('no answer'));
      await Promise.allSettled(asked);
    }
    assert.deepEqual(events(), ['database quiet']);
    assert.match(String(lines[0]?.msg), /^MariaDB of the test has not answered/);
    await assert.rejects(watch.watch(Promise.reject(new SqlRefused('unique', 'taken'))), SqlRefused);
    assert.deepEqual(events(), ['database quiet', 'database answers'], 'a refusal is an answer');
    const again = question();
    const asked = watch.watch(again.promise);
    await waitFor(async () => lines.length === 3, 'the second warning');
    again.resolve('here');
    assert.equal(await asked, 'here');
    assert.deepEqual(events(), ['database quiet', 'database answers', 'database quiet', 'database answers']);
  });
});
