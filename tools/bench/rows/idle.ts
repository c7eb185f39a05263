/**
 * Rows idle: what a connection that has had one answer and is silent costs, with 10,000 of them; by TCP, and by WebSocket beside that.
 *
 * Each reading has a fresh process: one that had a crowd before keeps what it grew to.
 */
import { connectClient, ZERO_HEADER } from '../../lib/gameclient';
import { Crowd } from '../crowd';
import type { Memory } from '../memory';
import type { Reading, Row } from '../row';
import type { Workshop } from '../workshop';
import { plainServer } from '../yardsticks';

const NET_PORT = 10_001;
const WS_PORT = 10_003;
const CONNECTIONS = 10_000;
/** Come and go first, so that what a process loads and compiles once is not counted. */
const WARM_UP = 500;
const MEMORY = 401;
const DEADLINE_MS = 20_000;
const KIB = 1024;

const heapRow = (key: string, title: string, beside: string, heapKib: number) => ({
  key,
  title,
  beside,
  figures: [
    { name: 'heap', unit: 'KiB', better: 'less', goal: { value: heapKib } },
    { name: 'RSS', unit: 'KiB', better: 'less', goal: { value: 8 } },
  ] as const,
  isFresh: true,
});

export const idleRows: readonly Row[] = [
  {
    ...heapRow('idle', `an idle connection, of ${CONNECTIONS}`, 'bare server', 3),
    open: async (workshop) => ({
      async yardstick() {
        await workshop.release('yardstick');
        const server = await plainServer(workshop);
        return reading(workshop, server.port, () => server.ask<Memory>({}, DEADLINE_MS));
      },
      firefly: () => clusterReading(workshop, NET_PORT),
    }),
  },
  {
    ...heapRow('idlews', `an idle WebSocket, of ${CONNECTIONS}`, 'firefly on TCP', 4),
    open: async (workshop) => ({
      yardstick: () => clusterReading(workshop, NET_PORT),
      firefly: () => clusterReading(workshop, WS_PORT, ['-W']),
    }),
  },
];

/** @param options of the crowd's program */
async function clusterReading(workshop: Workshop, crowdPort: number, options: readonly string[] = []): Promise<Reading> {
  await workshop.release('firefly');
  const cluster = await workshop.cluster('config.json');
  await using client = await connectClient({ port: cluster.port(NET_PORT), header: ZERO_HEADER, deadlineMs: DEADLINE_MS });
  const memory = async () => JSON.parse((await client.request(MEMORY)).text) as Memory;
  return await reading(workshop, cluster.port(crowdPort), memory, options);
}

async function reading(
  { programs }: Workshop,
  port: number,
  memory: () => Promise<Memory>,
  options: readonly string[] = [],
): Promise<Reading> {
  await (await Crowd.gather(programs.crowd, port, WARM_UP, options))[Symbol.asyncDispose]();
  const before = await memory();
  await using _crowd = await Crowd.gather(programs.crowd, port, CONNECTIONS, options);
  const after = await memory();
  const each = (kind: keyof Memory) => (after[kind] - before[kind]) / CONNECTIONS / KIB;
  return { values: [each('heap'), each('rss')], detail: { before, after } };
}
