/** A node's own numbers as `/status` shows them: null each when the node does not answer. Pure. */
import { plainAddress } from '../../config/address';
import type { NodeNumbers, NodeReport } from '../../server/nodewire';

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
    links: report?.links ?? [],
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
