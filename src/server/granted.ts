/** What the master granted this process when it registered: the epoch of its name, and numbers for client connections. */
import type { Welcome } from '../distributed/handshake';
import { StartFailed } from '../errors';
import type { Grant } from './nodewire';

export class Granted {
  /** 0 before the first registration. */
  epoch = 0;
  #grant: Grant = {};
  #next = 0;

  take({ epoch, info }: Welcome): void {
    this.epoch = epoch;
    this.#grant = { ...this.#grant, ...(info as Grant) };
  }

  /** As the node's roots are told it. */
  get grant(): Grant {
    return this.#grant;
  }

  /** A number for a connection, unique in the cluster. @throws StartFailed when there is none left */
  nextDynamicId(): number {
    const range = this.#grant.dynamicIds;
    if (!range) throw new StartFailed('the master granted no range of connection numbers');
    if (this.#next >= range.count) throw new StartFailed('the granted range of connection numbers is used up; restart this node');
    return range.first + this.#next++;
  }
}
