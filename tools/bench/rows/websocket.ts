/** Rows ws: echo at net over WebSocket, beside the same echo over TCP at the same node. */
import type { Row } from '../row';
import { serve, serverOf, totalCpu } from '../served';
import { CPU } from './chain';

const NET_PORT = 10_001;
const WS_PORT = 10_003;

/** [depth, floor] */
const DEPTHS = [
  [1, undefined],
  [16, 0.6],
] as const;

export const websocketRows: readonly Row[] = DEPTHS.map(([depth, ratio]) => ({
  key: `ws${depth}`,
  title: `WebSocket echo at net, depth ${depth}`,
  beside: 'firefly on TCP',
  figures: [{ name: 'requests', unit: '/s', better: 'more', ...(ratio ? { goal: { ratio } } : {}) }, CPU],
  cluster: (workshop, env) => workshop.cluster('config.json', env),
  async open(workshop) {
    const cluster = await workshop.cluster('config.json');
    const reading = async (port: number, ...options: string[]) => {
      const detail = await serve(workshop, await serverOf(cluster, port), '-c', 50, '-s', 64, '-i', 100, '-d', depth, ...options);
      return { values: [detail.perSecond, totalCpu(detail)], detail };
    };
    return { yardstick: () => reading(NET_PORT), firefly: () => reading(WS_PORT, '-W') };
  },
}));
