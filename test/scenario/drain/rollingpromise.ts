/** What a rolling restart of every node but the net nodes promises to clients that go on asking, whatever stores are below: run by a test file for each. */
import assert from 'node:assert/strict';
import type { Places } from '../../../tools/lib/stores';
import { Run } from '../../../tools/rolling/run';

/** A machine that is busy with other tests is no fault of the cluster. */
const PATIENT = { holdMs: 30_000, rpcDeadlineMs: 60_000 };

/** No request, no write, no push and no connection is lost. @param nodes that are restarted */
export async function losesNothing(config: string, stores: Places, nodes: number): Promise<void> {
  await using run = await Run.start({ config, stores, clients: 40, requests: 0, perSecond: 400, rounds: 1, limits: PATIENT });
  const { tally, restarts, wrong } = await run.play();
  assert.equal(restarts, nodes);
  assert.equal(tally.told, 40, 'clients that were told of the stop at the end');
  assert.ok(tally.sent > 200, `${tally.sent} requests`);
  const written = run.players.reduce((sum, { earned, gained }) => sum + earned + gained, 0);
  assert.ok(written > 50, `${written} changes that were acknowledged, and looked for in the database`);
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
}
