/**
 * Sessions and the leases of their accounts, kept together: no session is served whose account this gate does not hold.
 *
 * A session without its lease is one of two: this gate was restarted and has it to take back, or it was cut off for too long and lost it.
 */
import { every, LeaseHeld, leases, state } from 'firefly-ts';
import { gameLog } from '../../share/game';
import { Refused } from '../../share/refused';
import { connectionOf, exclusively, type Online, online, onlineAccounts, withAccount } from '../online';
import { endLost, endOther } from './ending';
import { accountOf, holdsAccount, takeAccountBack } from './lease';

/** How often restored sessions are looked for whose clients are silent. */
const LOOK_MS = 1_000;
const AT_ONCE = 200;

/** Accounts that this gate has lost while it ran, until their sessions are ended. */
const lost = state('gate.lost', () => new Set<number>());

/** Who is on a connection, if they may be served. @throws Refused while this gate does not hold their account */
export function served(dynamicId: number): Online | undefined {
  const who = online(dynamicId);
  if (who && !holdsAccount(who.userId)) throw new Refused('unavailable');
  return who;
}

/** Before a request is looked at: lets it wait until its session has its lease, or is ended. */
export function keepAccount(dynamicId: number): void {
  const who = online(dynamicId);
  if (who && !holdsAccount(who.userId)) void exclusively(dynamicId, () => settle(dynamicId));
}

/** Another gate lets a client in with this account: the session here ends first. */
leases().onWanted((lease) =>
  withAccount(accountOf(lease), async () => {
    const dynamicId = connectionOf(accountOf(lease));
    if (dynamicId !== undefined) await endOther(dynamicId);
    await lease.release();
  }),
);

/** Thousands may be lost at once: their sessions are found in one walk. */
leases().onLost((lease) => {
  if (lost.size === 0) setImmediate(() => void settleAll());
  lost.add(accountOf(lease));
});

every(LOOK_MS, settleAll);

async function settleAll(): Promise<void> {
  const told = [...lost];
  const without = onlineAccounts().filter(([, userId]) => !holdsAccount(userId));
  for (let at = 0; at < without.length; at += AT_ONCE) {
    await Promise.allSettled(without.slice(at, at + AT_ONCE).map(async ([dynamicId]) => exclusively(dynamicId, () => settle(dynamicId))));
  }
  for (const userId of told) if (!without.some(([, other]) => other === userId)) lost.delete(userId);
}

/** Gives a session its lease, or ends it. What passes by itself is tried again at the next look. */
async function settle(dynamicId: number): Promise<void> {
  const userId = online(dynamicId)?.userId;
  if (userId === undefined) return;
  try {
    await withAccount(userId, async () => {
      if (online(dynamicId)?.userId !== userId || holdsAccount(userId)) return;
      if (!lost.has(userId) && (await isTakenBack(userId))) return;
      await endLost(dynamicId);
      lost.delete(userId);
    });
  } catch (error) {
    gameLog()?.warn({ dynamicId, error: String(error) }, 'the account of a session could not be taken back now');
  }
}

/** @returns false when another gate has it */
async function isTakenBack(userId: number): Promise<boolean> {
  try {
    await takeAccountBack(userId);
    return true;
  } catch (error) {
    if (error instanceof LeaseHeld && error.heldBy !== null) return false;
    throw error;
  }
}
