/** The reload of a cluster under work: tried again while a node is starting, and told in lines. */
import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailed, Exit, type MasterClient } from '../masterclient';
import { reloadFailures } from '../tables';

const AGAIN_MS = 300;
/** A node that takes longer to start says itself why. */
const MOST_MS = 60_000;

/** @param isOver nobody wants to know any more @returns what came of it. Never rejects */
export async function reload(client: MasterClient, isOver: () => boolean): Promise<string[]> {
  const end = performance.now() + MOST_MS;
  for (;;) {
    try {
      const { message } = (await client.ask('POST', '/reload')) as { message: string };
      return [`reloaded: ${message}`];
    } catch (error) {
      if (!(error instanceof CommandFailed)) return [String(error)];
      if (isOver()) return [];
      // The cluster is not there yet, or not in a state to be reloaded.
      const isEarly = error.exit === Exit.unreachable || /; try again/.test(error.message) || / try again /.test(error.message);
      if (!isEarly || performance.now() > end) return [...reloadFailures(error.answer), `not reloaded: ${error.message}`];
      await delay(AGAIN_MS);
    }
  }
}
