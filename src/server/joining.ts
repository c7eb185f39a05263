/**
 * How a node's start waits for others: for as long as it takes, saying for whom, until the node is stopped.
 *
 * Of roots that do the same one is enough: another may be away for days, and is linked to when it is there.
 */
import type { RemoteObject } from '../distributed/node';
import type { Logger } from '../log/log';
import type { StartSteps } from './process/startsteps';

/** When a waiting node says for whom it waits; and then every so many times as long. */
const WAITING_MS = 2_000;
const WAITING_AGAIN = 30;
/** What roots that are there have beyond the first of their kind: nobody is to find this node ready without its link to them. */
const OTHERS_MS = 500;

export interface JoiningOptions {
  readonly log: Logger;
  readonly steps: StartSteps;
  /** Ends every wait. */
  readonly stopAsked: Promise<void>;
  /** @throws when the start is not wanted any more */
  readonly goOn: () => void;
}

export class Joining {
  readonly #options: JoiningOptions;

  constructor(options: JoiningOptions) {
    this.#options = options;
  }

  /** Waits for one link of each group, and a moment for the others. @param groups of roots that do the same */
  async links(groups: readonly (readonly RemoteObject[])[]): Promise<void> {
    const { log, steps, stopAsked } = this.#options;
    const missing = new Set(groups);
    const say = () => missing.size > 0 && steps.at(`waiting for ${Array.from(missing, either).join(', ')}`);
    say();
    const join = async (group: readonly RemoteObject[]) => {
      await this.#one(group);
      missing.delete(group);
      say();
    };
    await Promise.all(groups.map(join));
    const others = () => groups.flat().filter(({ isUp }) => !isUp);
    await Promise.race([Promise.all(others().map((root) => root.whenUp(OTHERS_MS).catch(() => {}))), stopAsked]);
    for (const { root } of others()) log.warn(`${root} is away; going on without it, and linking with it when it is there`);
  }

  async #one(group: readonly RemoteObject[]): Promise<void> {
    const { log, stopAsked, goOn } = this.#options;
    for (let waits = 0; ; waits++) {
      goOn();
      if (waits % WAITING_AGAIN === 1) log.warn(`waiting for ${either(group)}, which is not there yet`);
      const isUp = Promise.any(group.map((root) => root.whenUp(WAITING_MS))).then(
        () => true,
        () => false,
      );
      if (await Promise.race([isUp, stopAsked])) return;
    }
  }
}

function either(group: readonly RemoteObject[]): string {
  return group.map(({ root }) => root).join(' or ');
}
