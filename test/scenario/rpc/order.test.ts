/** Calls and notifications of a link arrive in the order sent, under load: send then call, which skynet's cluster turns round. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { hookOf, startLeaf, startPeer, startRoot } from '../../distributed/support';

const COUNT = 60_000;

interface Sender {
  call(target: string, ...args: unknown[]): Promise<unknown>;
  notify(target: string, ...args: unknown[]): void;
}

/** Sends numbers by call and notification, of sizes from none to more than a socket takes at once; the peer says what came out of order. */
async function sendNumbers(sender: Sender): Promise<void> {
  const answers: number[] = [];
  const calls: Promise<unknown>[] = [];
  for (let n = 0; n < COUNT; n++) {
    const filling = Buffer.alloc(n % 1000 === 0 ? 300_000 : n % 7 === 0 ? 2_000 : 0);
    if (n % 3 === 0) sender.notify('next', n, filling);
    else calls.push(sender.call(n % 2 ? 'next' : 'nextToo', n, filling).then((answer) => answers.push(answer as number)));
    if (n % 500 === 0) await turn();
  }
  await Promise.all(calls);
  assert.deepEqual(await sender.call('received'), { count: COUNT, outOfOrder: 0 });
  // Handlers that answer at once produce their answers in the order of the calls.
  assert.ok(
    answers.every((answer, i) => i === 0 || answer > (answers[i - 1] ?? 0)),
    'answers are in order',
  );
}

describe('order under load', () => {
  it('holds from a leaf to its root', async () => {
    await using peer = await startPeer('root');
    await using leaf = await startLeaf(peer.port);
    await sendNumbers({ call: (...call) => leaf.callRemote(...call), notify: (...call) => leaf.notifyRemote(...call) });
  });

  it('holds from a root to its leaf', async () => {
    await using root = await startRoot();
    const linked = hookOf(root, 'doChildConnect');
    await using _peer = await startPeer('leaf', root.port);
    await linked;
    await sendNumbers({
      call: (...call) => root.callChild('game1', ...call),
      notify: (...call) => root.notifyChild('game1', ...call),
    });
  });
});
