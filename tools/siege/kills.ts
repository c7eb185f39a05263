/** Kills game nodes, dbfront and the admin node at random, one at a time: which, and when, follows from the seed. */
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../lib/fuzz/random';
import { type City, VICTIMS } from './city';
import type { Options } from './options';

export type Kind = keyof typeof VICTIMS;
export type Kills = Readonly<Record<Kind, number>>;

export interface Killing extends Pick<Options, 'seed' | 'minutes' | 'kills' | 'every'> {
  readonly assertPlays: () => void;
  /** Called just before a node is killed. */
  readonly before: () => void;
  readonly say: (line: string) => void;
}

/** @returns how many of each kind. @throws Error when one does not come back */
export async function killNodes(city: City, { seed, minutes, kills, every, assertPlays, before, say }: Killing): Promise<Kills> {
  const random = new Random(seed);
  const killed = { game: 0, dbfront: 0, admin: 0 };
  const end = performance.now() + minutes * 60_000;
  let round: Kind[] = [];
  while (performance.now() < end || killed.game + killed.dbfront + killed.admin < kills) {
    await delay(every * (500 + random.below(1_001)));
    assertPlays();
    await city.whenReady();
    // All kinds come equally often.
    if (round.length === 0) round = shuffled(random);
    const kind = round.pop() as Kind;
    const names = VICTIMS[kind];
    const name = names[random.below(names.length)] as string;
    before();
    await city.cluster.kill(name);
    killed[kind] += 1;
    say(`killed ${name}`);
  }
  await city.whenReady();
  return killed;
}

function shuffled(random: Random): Kind[] {
  const left = Object.keys(VICTIMS) as Kind[];
  return Array.from({ length: left.length }, () => left.splice(random.below(left.length), 1)[0] as Kind);
}
