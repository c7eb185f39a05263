/** Rows row read: `getObj` of rows that memcached has, beside a bare get through the same client in the same process. */
import { startMemcached } from '../../services';
import { Peer } from '../peer';
import type { Row } from '../row';
import type { ReadLoad, ReadResult } from '../rowreader';
import type { Workshop } from '../workshop';

const IN_FLIGHT = [1, 100] as const;
/** `getObj` may take one and a half times as long. */
const FLOOR = 1 / 1.5;
const SLACK_MS = 20_000;

/** A node with a memcached and a writer of its own. */
class Node implements AsyncDisposable {
  private constructor(
    readonly peer: Peer,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<Node> {
    const memcached = await startMemcached();
    try {
      return new Node(await Peer.start('rowreader.js', `${memcached.host}:${memcached.port}`), () => memcached.stop());
    } catch (error) {
      await memcached.stop();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.peer[Symbol.asyncDispose]();
    await this.stop();
  }
}

export const rowReadRows: readonly Row[] = IN_FLIGHT.map((inFlight) => ({
  key: `read${inFlight}`,
  title: `row read from the cache, ${inFlight} in flight`,
  beside: 'bare get',
  figures: [{ name: 'rows', unit: '/s', better: 'more', goal: { ratio: FLOOR } }],
  async open(workshop: Workshop) {
    const node = await workshop.hold('firefly', 'rowreader', () => Node.start());
    const reading = async (how: ReadLoad['how']) => {
      const load: ReadLoad = { how, inFlight, seconds: workshop.seconds };
      const detail = await node.peer.ask<ReadResult>(load, workshop.seconds * 1_000 + SLACK_MS);
      return { values: [detail.perSecond], detail };
    };
    return { yardstick: () => reading('bare'), firefly: () => reading('getObj') };
  },
}));
