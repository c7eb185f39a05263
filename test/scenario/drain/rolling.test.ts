/** A rolling restart of every node but the net nodes, under clients that go on asking: no request, no write, no push and no connection is lost. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Run } from '../../../tools/rolling/run';

/** A machine that is busy with other tests is no fault of the cluster. */
const PATIENT = { holdMs: 30_000, rpcDeadlineMs: 60_000 };

describe('a rolling restart', () => {
  for (const [config, nodes] of [
    ['config.json', 4],
    ['config.cluster.json', 5],
  ] as const) {
    it(`of ${config} loses nothing`, async () => {
      await using run = await Run.start({ config, clients: 40, requests: 0, perSecond: 400, rounds: 1, limits: PATIENT });
      const { tally, restarts, wrong } = await run.play();
      assert.equal(restarts, nodes);
      assert.equal(tally.told, 40, 'clients that were told of the stop at the end');
      assert.ok(tally.sent > 200, `${tally.sent} requests`);
      assert.deepEqual(
        {
          unanswered: tally.sent - tally.answered,
          failures: Object.fromEntries(tally.failures),
          duplicates: tally.duplicates,
          misplaced: tally.misplaced,
          broken: tally.connectionsBroken,
          pushDuplicates: tally.pushDuplicates,
          pushesLost: tally.pushesAsked - tally.pushesReceived,
          wrong,
        },
        { unanswered: 0, failures: {}, duplicates: 0, misplaced: 0, broken: 0, pushDuplicates: 0, pushesLost: 0, wrong: [] },
      );
    });
  }
});
