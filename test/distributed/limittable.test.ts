/** docs/operations.md says what happens at each limit between nodes, what counts it and what the log says: here each is reached, and the table held to it. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import type { Limits } from '../../src/config/config';
import { Deadline, QueueFull, TooLarge } from '../../src/errors';
import { Metrics } from '../../src/metrics/metrics';
import { waitFor } from '../../tools/lib/wait';
import { readPage, rowsOf } from '../docs/page';
import { LIMITS, mapTarget, startLeaf, startPeer, startRoot, type TestLeaf } from './support';

type Lines = readonly { readonly level: number; readonly msg: string }[];

const ROWS = new Map(rowsOf(readPage('docs/operations.md')).map((cells) => [cells[0]?.trim().replaceAll('`', '') ?? '', cells]));

/** Numbers and addresses differ from run to run. */
const pattern = (line: string) =>
  line
    .replaceAll('`', '')
    .trim()
    .replace(/\d+(\.\d+)*(:\d+)?/g, 'N');

/** Waits for the line of the table, and looks at the counter of the table. */
async function isAsInTable(name: string, lines: Lines, metrics: Metrics): Promise<void> {
  const [, , metric = '', line = ''] = ROWS.get(name) ?? [];
  const warnings = () => lines.filter(({ level }) => level >= 40).map(({ msg }) => pattern(msg));
  await waitFor(() => warnings().includes(pattern(line)), `the line of ${name}`, 20_000);
  const found = new RegExp(`^${metric.replaceAll('`', '').trim()}\\{[^}]*\\} (\\S+)$`, 'm').exec(await metrics.text());
  assert.ok(Number(found?.[1]) >= 1, `${metric}: ${found?.[1]}`);
}

/** What a leaf does that comes to a limit of its own. */
const CALLS: readonly [name: keyof Limits, value: number, reach: (leaf: TestLeaf) => Promise<unknown>][] = [
  ['rpcDeadlineMs', 20, (leaf) => assert.rejects(leaf.callRemote('never'), Deadline)],
  [
    'rpcInFlight',
    1,
    async (leaf) => {
      leaf.callRemote('never').catch(() => {});
      await assert.rejects(leaf.callRemote('never'), QueueFull);
    },
  ],
  [
    'rpcQueuedBytes',
    100_000,
    async (leaf) => {
      // In one turn, so that nobody reads meanwhile: more than the kernel takes.
      const calls = Array.from({ length: 400 }, () => leaf.callRemote('echo', Buffer.alloc(50_000)));
      assert.ok((await Promise.allSettled(calls)).some((call) => call.status === 'rejected' && call.reason instanceof QueueFull));
    },
  ],
  ['rpcFrameBytes', 10_000, (leaf) => assert.rejects(leaf.callRemote('echo', Buffer.alloc(20_000)), TooLarge)],
];

describe('the limits between nodes', () => {
  for (const [name, value, reach] of CALLS) {
    it(`${name} is counted and named in the log as the table says`, async () => {
      await using root = await startRoot();
      mapTarget(root, 'never', () => new Promise(() => {}));
      mapTarget(root, 'echo', (bytes) => bytes);
      const metrics = new Metrics('game1');
      await using leaf = await startLeaf(root.port, { metrics, limits: { ...LIMITS, heartbeatMs: 100, [name]: value } });
      await reach(leaf);
      await isAsInTable(name, leaf.lines, metrics);
    });
  }

  it('handshakeMs is counted and named in the log as the table says', async () => {
    const metrics = new Metrics('gate');
    await using root = await startRoot({ metrics, limits: { ...LIMITS, handshakeMs: 30 } });
    const stranger = connect({ port: root.port, host: '127.0.0.1' }).on('error', () => {});
    await isAsInTable('handshakeMs', root.lines, metrics);
    stranger.destroy();
  });

  it('deadAfterMs is counted and named in the log as the table says', async () => {
    const metrics = new Metrics('gate');
    await using root = await startRoot({ metrics, limits: { ...LIMITS, heartbeatMs: 50, deadAfterMs: 200 } });
    await using peer = await startPeer('leaf', root.port);
    peer.process.kill('SIGSTOP');
    await isAsInTable('deadAfterMs', root.lines, metrics);
  });
});
