/** Asking every gate. One that is away has no players that could be asked about. */
import { remoteOf, roots } from 'firefly-ts';
import type { GateAdminApi } from '../share/api';
import { gameLog } from '../share/game';

/** Players who are in the game. */
export async function playersOnline(): Promise<number> {
  const counts = await ofAll((gate) => remoteOf<GateAdminApi>(gate).call('onlineCount'));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Ends the session of an account that is banned, wherever it is. */
export async function endSession(userId: number): Promise<void> {
  await ofAll((gate) => remoteOf<GateAdminApi>(gate).call('endBanned', userId));
}

async function ofAll<T>(ask: (gate: string) => Promise<T>): Promise<T[]> {
  const answers = await Promise.allSettled(roots().map(({ root }) => ask(root)));
  return answers.flatMap((answer) => {
    if (answer.status === 'fulfilled') return [answer.value];
    gameLog()?.warn({ error: String(answer.reason) }, 'a gate did not answer the admin node');
    return [];
  });
}
