/**
 * The clients of a root that is drained go on with another one, each between two of its requests: its record moves, its connection stays.
 *
 * While a client moves it is not read from. The old root lets go of it first (`onMoved`), so that the new one can take over what is held for it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Drain } from '../../distributed/drain';
import type { RemoteObject } from '../../distributed/node';
import type { Logger } from '../../log/log';
import type { Connection } from '../../netconnect/connection';
import type { LiberateFactory } from '../../netconnect/factory';
import { SESSION, type SessionState } from './sessionwire';

const AT_ONCE = 50;
const AGAIN_MS = 200;
/** What a client has under way is waited for so long, and what it sends meanwhile waits too; then it is served for as long before it is tried again. */
const QUIET_MS = 1_000;

export interface MoveOptions {
  readonly factory: LiberateFactory;
  readonly roots: readonly RemoteObject[];
  readonly log: Logger;
}

/** Moves what `from` has until nothing is left, or the drain is over. */
export async function moveClients({ factory, roots, log }: MoveOptions, from: RemoteObject, { signal, report }: Drain): Promise<void> {
  while (!signal.aborted) {
    const left = [...factory.connmanager].filter(({ root }) => root === from.root);
    const to = roots.filter((root) => root !== from && root.isUp && !root.isDraining && !root.isReturning);
    report(left.length, left.length > 0 && to.length === 0 ? `no other node is there to take its clients` : undefined);
    if (left.length === 0) return;
    let wereBusy = 0;
    // One that takes long keeps nobody behind it waiting but those that take its place.
    const next = left.values();
    const mover = async () => {
      for (const client of next) {
        if (signal.aborted) return;
        if (!(await moveClient(factory, client, from, to[client.id % to.length] as RemoteObject, log))) wereBusy++;
      }
    };
    if (to.length > 0) await Promise.all(Array.from({ length: AT_ONCE }, mover));
    if ([...factory.connmanager].some(({ root }) => root === from.root)) await delay(wereBusy > 0 ? QUIET_MS : AGAIN_MS);
  }
}

/** @returns false when it has something under way still */
async function moveClient(
  factory: LiberateFactory,
  client: Connection,
  from: RemoteObject,
  to: RemoteObject,
  log: Logger,
): Promise<boolean> {
  const moved = async () => {
    if (client.root !== from.root) return;
    const { id, session } = client;
    if (!session || session.data === null) {
      client.root = undefined;
      return;
    }
    const state: SessionState = { dynamicId: id, version: session.version, data: session.data };
    try {
      await from.callRemote(SESSION.leave, id);
      // It ended meanwhile, and `from` is told so: nobody else may take it for one that is there.
      if (!client.isOpen) return;
      client.root = to.root;
      to.notifyRemote(SESSION.restore, [state], false, false);
    } catch (error) {
      log.warn({ error, connection: id, root: from.root }, `client ${id} could not move from ${from.root} to ${to.root} now`);
      client.root = from.root;
      if (!client.isOpen) return;
      // It may have forgotten the client before it failed.
      if (from.isUp) from.notifyRemote(SESSION.restore, [{ ...state, version: state.version + 1 }], false, false);
    }
  };
  return factory.whileQuiet(client.id, QUIET_MS, moved);
}
