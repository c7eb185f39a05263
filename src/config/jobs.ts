/** Which roots of a node do the same, such as two gates: where one of them is away the others take its part. Pure. */
import type { ClusterConfig } from './config';

/**
 * The roots of a node by what they do: those that run the same module do the same. The writer does what no other does.
 *
 * @returns names in the order of the config; of each group one is enough for the node to do its work
 */
export function rootsByJob(name: string, { nodes, writer }: Pick<ClusterConfig, 'nodes' | 'writer'>): string[][] {
  const jobs = new Map<string, string[]>();
  for (const root of nodes[name]?.roots ?? []) {
    const app = root.name === writer ? undefined : nodes[root.name]?.app;
    const job = app === undefined ? `node ${root.name}` : `module ${app}`;
    jobs.set(job, [...(jobs.get(job) ?? []), root.name]);
  }
  return [...jobs.values()];
}
