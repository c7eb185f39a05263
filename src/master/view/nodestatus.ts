/** A node's own numbers as `/status` shows them: null each when the node does not answer. Pure. */
import { plainAddress } from '../../config/address';
import type { NodeNumbers, NodeReport } from '../../server/nodewire';
import type { NodeProcess } from '../nodes/nodeprocess';

type Nullable<T> = { readonly [Key in keyof T]: T[Key] | null };

export function numbersOf(report: NodeReport | undefined): Nullable<Omit<NodeNumbers, 'links'>> & Pick<NodeNumbers, 'links'> {
  return {
    uptimeMs: report?.uptimeMs ?? null,
    memoryRss: report?.memoryRss ?? null,
    heapUsed: report?.heapUsed ?? null,
    loopLagMs: report?.loopLagMs ?? null,
    connections: report?.connections ?? null,
    sessions: report?.sessions ?? null,
    dirtyRows: report?.dirtyRows ?? null,
    errors: report?.errors ?? null,
    logTrouble: report?.logTrouble ?? null,
    links: report?.links ?? [],
  };
}

/** Of a process that was ready and is not heard any more: frozen, cut off, or held by a debugger. */
export const NOT_ANSWERING = 'not answering';

/** How a node is, as the master knows it and as it says itself. */
export function stateOf({ state, isThere, silentMs, trouble }: NodeProcess, report: NodeReport | undefined) {
  const isSilent = state === 'ready' && !isThere;
  return {
    state: report?.state === 'stopping' ? report.state : isSilent ? NOT_ANSWERING : state,
    /** Why it is not there for others though it should be. */
    trouble: trouble ?? null,
    silentMs: silentMs ?? null,
  };
}

/** The address a node's link comes from, as a person writes it; null when it has none. */
export function hostOf(address: string | undefined): string | null {
  return (address && plainAddress(address)) || null;
}

/** The version that all nodes run which say one, as one text; null when none does or they differ. */
export function commonVersion(versions: readonly (string | null | undefined)[]): string | null {
  const told = new Set(versions.filter((version) => version));
  const [first = null] = told.size === 1 ? told : [];
  return first ?? null;
}
