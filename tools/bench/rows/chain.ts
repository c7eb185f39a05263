/** Rows a, b, c: requests through one, two and three processes, and how late the slowest of a steady stream is. */
import type { Figure, Pair, Row } from '../row';
import { type Served, type Server, serve, serverOf, totalCpu } from '../served';
import type { Workshop } from '../workshop';
import { relay } from '../yardsticks';

const NET_PORT = 10_001;

/** [key, way, command, depth, floor]. 50 connections, 64 bytes. */
const WAYS = [
  ['a1', 'echo at net', 100, 1, 0.85],
  ['a16', 'echo at net', 100, 16, 0.65],
  ['b1', 'net, gate', 200, 1, 0.85],
  ['b16', 'net, gate', 200, 16, 0.6],
  ['c1', 'net, gate, game1', 300, 1, 0.85],
  ['c16', 'net, gate, game1', 300, 16, 0.6],
] as const;

const RATE = 5_000;

/** All processes together. */
export const CPU: Figure = { name: 'CPU a request', unit: 'us', better: 'less' };

async function pair(workshop: Workshop, values: (served: Served) => number[], ...options: (string | number)[]): Promise<Pair> {
  const yardstick = await relay(workshop);
  const firefly = await serverOf(await workshop.cluster('config.json'), NET_PORT);
  const reading = async (server: Server) => {
    const detail = await serve(workshop, server, '-c', 50, '-s', 64, ...options);
    return { values: values(detail), detail };
  };
  return { yardstick: () => reading(yardstick), firefly: () => reading(firefly) };
}

export const chainRows: readonly Row[] = WAYS.map(([key, way, command, depth, ratio]) => ({
  key,
  title: `${way}, depth ${depth}`,
  beside: 'relay',
  figures: [{ name: 'requests', unit: '/s', better: 'more', goal: { ratio } }, CPU],
  cluster: (workshop, env) => workshop.cluster('config.json', env),
  open: (workshop) => pair(workshop, (served) => [served.perSecond, totalCpu(served)], '-i', command, '-d', depth),
}));

export const latencyRow: Row = {
  key: 'latency',
  title: `net, gate, game1, ${RATE} requests/s`,
  beside: 'relay',
  figures: [
    { name: 'p50', unit: 'us', better: 'less' },
    { name: 'p99', unit: 'us', better: 'less', goal: { ratio: 2 } },
  ],
  open: (workshop) => pair(workshop, ({ p50, p99 }) => [p50, p99], '-i', 300, '-r', RATE),
};
