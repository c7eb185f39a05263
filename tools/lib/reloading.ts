/** Reloads of a cluster while clients ask for something: how long nodes stood still, how long the slowest answer took, and that none was missing. */
import { setTimeout as delay } from 'node:timers/promises';

/** What the master answers, as far as it is looked at. */
export interface ReloadOutcome {
  readonly ok: boolean;
  readonly message: string;
  readonly nodes: Readonly<Record<string, { readonly prepareMs?: number; readonly swapMs?: number }>>;
}

/** Milliseconds throughout. */
export interface ReloadRun {
  readonly requests: number;
  /** How long the slowest answer took. */
  readonly slowestMs: number;
  /** Of each reload, for the node that took longest. */
  readonly prepareMs: readonly number[];
  readonly swapMs: readonly number[];
}

export interface ReloadLoad {
  /** One each; asks once and checks the answer. */
  readonly clients: readonly (() => Promise<void>)[];
  /** A client asks again so long after it asked; sooner when the answer took longer. */
  readonly everyMs: number;
}

/** Runs `work` while the clients ask, and stops them. @throws what a client threw: an answer that was wrong or missing */
export async function underLoad(
  { clients, everyMs }: ReloadLoad,
  work: () => Promise<void>,
): Promise<Omit<ReloadRun, 'prepareMs' | 'swapMs'>> {
  const seen = { requests: 0, slowestMs: 0 };
  let isOver = false;
  const ask = async (client: () => Promise<void>) => {
    while (!isOver) {
      const began = performance.now();
      await client();
      const took = performance.now() - began;
      seen.requests++;
      seen.slowestMs = Math.max(seen.slowestMs, took);
      await delay(Math.max(0, everyMs - took));
    }
  };
  const asking = Promise.all(clients.map(ask));
  try {
    await Promise.race([work(), asking]);
  } finally {
    isOver = true;
    await asking;
  }
  return seen;
}

/** Reloads so many times, one after the other. @param reload is told which one it is. @throws Error when one is refused */
export async function reloadUnderLoad(
  load: ReloadLoad,
  times: number,
  reload: (round: number) => Promise<ReloadOutcome>,
): Promise<ReloadRun> {
  const prepareMs: number[] = [];
  const swapMs: number[] = [];
  const seen = await underLoad(load, async () => {
    for (let round = 0; round < times; round++) {
      const { ok, message, nodes } = await reload(round);
      if (!ok) throw new Error(`reload ${round} was refused: ${message} ${JSON.stringify(nodes)}`);
      const parts = Object.values(nodes);
      prepareMs.push(Math.max(...parts.map((part) => part.prepareMs ?? 0)));
      swapMs.push(Math.max(...parts.map((part) => part.swapMs ?? 0)));
    }
  });
  return { ...seen, prepareMs, swapMs };
}
