/**
 * Row idle: what a connection that has had one answer and is silent costs, with 10,000 of them.
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
const CONNECTIONS = 10_000;
/** Come and go first, so that what a process loads and compiles once is not counted. */
const WARM_UP = 500;
const MEMORY = 401;
const DEADLINE_MS = 20_000;
const KIB = 1024;

export const idleRow: Row = {
  key: 'idle',
  title: `an idle connection, of ${CONNECTIONS}`,
  beside: 'bare server',
  figures: [
    { name: 'heap', unit: 'KiB', better: 'less', goal: { value: 3 } },
    { name: 'RSS', unit: 'KiB', better: 'less', goal: { value: 8 } },
  ],
  isFresh: true,
  open: async (workshop) => ({
    async yardstick() {
      await workshop.release('yardstick');
      const server = await plainServer(workshop);
      return reading(workshop, server.port, () => server.ask<Memory>({}, DEADLINE_MS));
    },
    async firefly() {
      await workshop.release('firefly');
      const port = (await workshop.cluster('config.json')).port(NET_PORT);
      await using client = await connectClient({ port, header: ZERO_HEADER, deadlineMs: DEADLINE_MS });
      return await reading(workshop, port, async () => JSON.parse((await client.request(MEMORY)).text) as Memory);
    },
  }),
};

async function reading({ programs }: Workshop, port: number, memory: () => Promise<Memory>): Promise<Reading> {
  await (await Crowd.gather(programs.crowd, port, WARM_UP))[Symbol.asyncDispose]();
  const before = await memory();
  await using _crowd = await Crowd.gather(programs.crowd, port, CONNECTIONS);
  const after = await memory();
  const each = (kind: keyof Memory) => (after[kind] - before[kind]) / CONNECTIONS / KIB;
  return { values: [each('heap'), each('rss')], detail: { before, after } };
}
