/** In which order the nodes of a cluster start; stopping is the reverse. Pure. */
import { ConfigError } from '../errors';
import type { ClusterConfig, NodeConfig } from './config';

type Nodes = ClusterConfig['nodes'];

/**
 * Tiers of node names: each starts when all of the tier before it are ready.
 *
 * Roots come before the leaves that name them, the writer before all that use tables, and what clients connect to after everything that does not hang on it.
 *
 * @throws ConfigError when links go in a circle, which `loadConfig` never lets through
 */
export function startOrder(config: ClusterConfig): string[][] {
  const [circle] = linkCircles(config.nodes);
  if (circle) throw new ConfigError([`the links ${circle.join(' -> ')} go in a circle; remove one of them`]);
  const late = behindClients(config.nodes);
  const started = new Set<string>();
  return [...tiers(config.nodes, (name) => !late.has(name), started), ...tiers(config.nodes, (name) => late.has(name), started)];
}

/** @returns each circle of links once, its first node again at the end */
export function linkCircles(nodes: Nodes): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const walk = (name: string, trail: readonly string[]): void => {
    const at = trail.indexOf(name);
    if (at !== -1) circles.push([...trail.slice(at), name]);
    if (at !== -1 || done.has(name)) return;
    for (const root of nodes[name]?.roots ?? []) walk(root.name, [...trail, name]);
    done.add(name);
  };
  for (const name of Object.keys(nodes)) walk(name, []);
  return circles;
}

/** Nodes that clients connect to, and what links to them. */
function behindClients(nodes: Nodes): ReadonlySet<string> {
  const late = new Set<string>();
  const add = (name: string): void => {
    if (late.has(name)) return;
    late.add(name);
    for (const node of Object.values(nodes)) if (linksTo(node, name)) add(node.name);
  };
  for (const node of Object.values(nodes)) if (node.netPort !== undefined || node.wsPort !== undefined) add(node.name);
  return late;
}

function tiers(nodes: Nodes, belongs: (name: string) => boolean, started: Set<string>): string[][] {
  const result: string[][] = [];
  let waiting = Object.values(nodes).filter((node) => belongs(node.name));
  while (waiting.length > 0) {
    const tier = waiting.filter((node) => node.roots.every((root) => started.has(root.name)));
    result.push(tier.map((node) => node.name));
    for (const node of tier) started.add(node.name);
    waiting = waiting.filter((node) => !started.has(node.name));
  }
  return result;
}

function linksTo(node: NodeConfig, root: string): boolean {
  return node.roots.some((reference) => reference.name === root);
}
