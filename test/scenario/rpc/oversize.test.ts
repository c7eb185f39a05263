/** An argument or a result larger than a frame may be is an error to the caller, and the link lives. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Probe } from './probe';

const FRAME = 100_000;

describe('what does not fit a frame', () => {
  it('is TooLarge for who sends it or asks for it, on both sides of a link, and the link lives', async () => {
    await using probe = await Probe.start({ limits: { rpcFrameBytes: FRAME } });
    const isLink = (line: string) => /linked event=linked/.test(line);
    const links = probe.cluster.lines.filter(isLink).length;
    for (const child of [{}, { child: 'game1' }]) {
      const [fits] = await probe.calls({ ...child, target: 'bytes', args: [FRAME - 1000] });
      assert.equal((fits?.value as string | undefined)?.length ?? fits?.error, FRAME - 1000);
      const [result] = await probe.calls({ ...child, target: 'bytes', args: [FRAME] });
      assert.deepEqual([result?.error, result?.maybeExecuted], ['TooLarge', true]);
      assert.match(result?.message ?? '', /^result of bytes takes \d+ bytes and the limit is 100000; send less or raise the limit$/);
    }
    const sent = await probe.calls({ target: 'length', repeat: FRAME });
    assert.deepEqual([sent[0]?.error, sent[0]?.maybeExecuted, sent[0]?.turn], ['TooLarge', false, 0]);
    const child = await probe.calls({ child: 'game1', target: 'length', repeat: FRAME });
    assert.deepEqual([child[0]?.error, child[0]?.maybeExecuted, child[0]?.turn], ['TooLarge', false, 0]);
    assert.equal((await probe.calls({ child: 'game1', target: 'length', repeat: FRAME - 1000 }))[0]?.value, FRAME - 1000);
    assert.equal(probe.cluster.lines.filter(isLink).length, links, 'no link was made anew');
  });
});
