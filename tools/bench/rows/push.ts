/** Row push: one message to 5,000 connections, from the request for it until the last of them has it. */
import { Crowd } from '../crowd';
import type { Row } from '../row';
import { median } from '../statistics';
import { plainServer } from '../yardsticks';

const NET_PORT = 10_001;
const RECEIVERS = 5_000;
const ROUNDS = 15;
const PUSH = 400;
const TOPIC = 900;

export const pushRow: Row = {
  key: 'push',
  title: `one message to ${RECEIVERS} connections`,
  beside: 'bare server',
  figures: [{ name: 'until all have it', unit: 'ms', better: 'less' }],
  async open(workshop) {
    const plain = await plainServer(workshop);
    const cluster = await workshop.cluster('config.json');
    const reading = async (port: number) => {
      await using crowd = await Crowd.gather(workshop.programs.crowd, port, RECEIVERS);
      const rounds: number[] = [];
      for (let n = 0; n < ROUNDS; n++) rounds.push(await crowd.push(PUSH, TOPIC));
      return { values: [median(rounds)], detail: { rounds } };
    };
    return { yardstick: () => reading(plain.port), firefly: () => reading(cluster.port(NET_PORT)) };
  },
};
