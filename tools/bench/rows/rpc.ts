/** Rows rpc: calls between two processes, beside a link that is nothing but msgpackr and promises. */
import type { CallLoad, CallResult } from '../calls';
import { processTime } from '../processtime';
import type { Row } from '../row';
import { callers, type Peers } from '../yardsticks';

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
  figures: [
    { name: 'calls', unit: '/s', better: 'more', ...(ratio ? { goal: { ratio } } : {}) },
    { name: 'CPU a call', unit: 'us', better: 'less' },
  ],
  async open(workshop) {
    const load: CallLoad = { inFlight, seconds: workshop.seconds };
    const bare = await callers(workshop, 'yardstick', 'barelink.js');
    const firefly = await callers(workshop, 'firefly', 'fireflylink.js');
    const reading = async (peers: Peers) => {
      const time = () => peers.pids.reduce((sum, pid) => sum + processTime(pid), 0);
      const before = time();
      const detail = await peers.last.ask<CallResult>(load, workshop.seconds * 1_000 + SLACK_MS);
      return { values: [detail.perSecond, (time() - before) / detail.calls], detail };
    };
    return { yardstick: () => reading(bare), firefly: () => reading(firefly) };
  },
}));
