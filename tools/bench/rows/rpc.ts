/** Rows rpc: calls between two processes, beside a link that is nothing but msgpackr and promises. */
import type { CallLoad, CallResult } from '../calls';
import type { Peer } from '../peer';
import type { Row } from '../row';
import { caller } from '../yardsticks';

/** [in flight, floor] */
const LOADS = [
  [1, undefined],
  [50, undefined],
  [800, 0.7],
] as const;

const SLACK_MS = 20_000;

export const rpcRows: readonly Row[] = LOADS.map(([inFlight, ratio]) => ({
  key: `rpc${inFlight}`,
  title: `calls between two nodes, ${inFlight} in flight`,
  beside: 'bare link',
  figures: [{ name: 'calls', unit: '/s', better: 'more', ...(ratio ? { goal: { ratio } } : {}) }],
  async open(workshop) {
    const load: CallLoad = { inFlight, seconds: workshop.seconds };
    const bare = await caller(workshop, 'yardstick', 'barelink.js');
    const firefly = await caller(workshop, 'firefly', 'fireflylink.js');
    const reading = async (peer: Peer) => {
      const detail = await peer.ask<CallResult>(load, workshop.seconds * 1_000 + SLACK_MS);
      return { values: [detail.perSecond], detail };
    };
    return { yardstick: () => reading(bare), firefly: () => reading(firefly) };
  },
}));
