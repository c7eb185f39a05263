/**
 * The lease of an account: while this gate holds it, the account is logged in here and at no other gate.
 *
 * Taken before a session begins and given back when it has ended. A gate that was restarted finds sessions without it, and takes it back (keeping.ts).
 */
import { leases } from 'firefly-ts';

const PREFIX = 'account:';

/** A login waits so long for the other gate to take the player out and let go; less than a request may take. */
const WAIT_MS = 6_000;

export function holdsAccount(userId: number): boolean {
  return leases().get(PREFIX + userId) !== undefined;
}

/** Takes the account; the gate that has it is asked to end its session first. @throws LeaseHeld when it does not, PeerDown */
export async function holdAccount(userId: number): Promise<void> {
  await leases().acquire(PREFIX + userId, { waitMs: WAIT_MS });
}

/** Takes an account for a session that this gate had before it was restarted. @throws LeaseHeld, with the gate that has it now */
export async function takeAccountBack(userId: number): Promise<void> {
  await leases().acquire(PREFIX + userId, { waitMs: WAIT_MS, ask: false });
}

export async function letAccountGo(userId: number): Promise<void> {
  await leases()
    .get(PREFIX + userId)
    ?.release();
}

/** The account of a lease. */
export function accountOf(lease: { readonly name: string }): number {
  return Number(lease.name.slice(PREFIX.length));
}
