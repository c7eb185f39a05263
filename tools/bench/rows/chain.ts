/** Rows a, b, c: requests through one, two and three processes, and how late the slowest of a steady stream is. */
import type { Pair, Row } from '../row';
import type { LoadResult, Workshop } from '../workshop';
import { relayPort } from '../yardsticks';

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

async function pair(workshop: Workshop, value: (result: LoadResult) => number, ...options: (string | number)[]): Promise<Pair> {
  const relay = await relayPort(workshop);
  const cluster = await workshop.cluster('config.json');
  const reading = async (port: number) => {
    const detail = await workshop.load(port, ...options);
    return { values: [value(detail)], detail };
  };
  return { yardstick: () => reading(relay), firefly: () => reading(cluster.port(NET_PORT)) };
}

export const chainRows: readonly Row[] = WAYS.map(([key, way, command, depth, ratio]) => ({
  key,
  title: `${way}, depth ${depth}`,
  beside: 'relay',
  figures: [{ name: 'requests', unit: '/s', better: 'more', goal: { ratio } }],
  open: (workshop) => pair(workshop, ({ perSecond }) => perSecond, '-c', 50, '-s', 64, '-i', command, '-d', depth),
}));

export const latencyRow: Row = {
  key: 'latency',
  title: `net, gate, game1, ${RATE} requests/s`,
  beside: 'relay',
  figures: [{ name: 'p99', unit: 'us', better: 'less', goal: { ratio: 2 } }],
  open: (workshop) => pair(workshop, ({ p99 }) => p99, '-c', 50, '-s', 64, '-i', 300, '-r', RATE),
};
