/** Whose turn comes in a restart of all, and who is left out and why. */
import { startOrder } from '../../config/order';
import type { NodeProcess } from '../nodes/nodeprocess';
import { cureOf, type Fleet } from './fleet';

export interface Turns {
  /** In the order of the start. */
  readonly names: readonly string[];
  /** A line for each of the others. */
  readonly leftOut: readonly string[];
}

export function turnsOf(fleet: Fleet): Turns {
  const nodes = startOrder(fleet.config)
    .flat()
    .map((name) => fleet.process(name));
  return {
    names: nodes.filter(isInTurn).map(({ node }) => node.name),
    leftOut: nodes.filter((node) => !isInTurn(node)).map((node) => `${node.node.name} is left out: ${whyNot(node)}`),
  };
}

/** It runs, and is the master's to start again. */
function isInTurn({ pid, isKept, isByMaster }: NodeProcess): boolean {
  return pid !== undefined && isKept && isByMaster;
}

function whyNot(node: NodeProcess): string {
  if (node.pid !== undefined) return `somebody started it by hand, process ${node.pid}; restart it where it was started`;
  return `${node.unwanted ?? node.trouble ?? 'it does not run'}; ${cureOf(node)}`;
}
