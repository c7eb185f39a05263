/** A server under the load program: what it did in a second, and what that cost in each of its processes. */
import type { Cluster } from '../../test/helpers/cluster';
import { processTime } from './processtime';
import type { LoadResult, Workshop } from './workshop';

export interface Served extends LoadResult {
  /** Processor time of a request in microseconds, by process. */
  readonly cpu: Readonly<Record<string, number>>;
}

export interface Server {
  readonly port: number;
  /** Process ids by name. */
  readonly processes: Readonly<Record<string, number>>;
  /** What it logged so far. */
  readonly lines?: readonly string[];
}

/** A cluster as a load sees it. */
export async function serverOf(cluster: Cluster, port: number): Promise<Server> {
  const { nodes } = await cluster.status();
  const processes = Object.entries(nodes).flatMap(([name, { pid }]) => (pid === undefined ? [] : [[name, pid] as const]));
  return { port: cluster.port(port), processes: Object.fromEntries(processes), lines: cluster.lines };
}

/** @throws Error when an answer was wrong or missing, or when a limit of the server held the load back: that is not the server's speed */
export async function serve(workshop: Workshop, server: Server, ...options: readonly (string | number)[]): Promise<Served> {
  const logged = server.lines?.length ?? 0;
  const times = () => Object.entries(server.processes).map(([name, pid]) => [name, processTime(pid)] as const);
  const before = Object.fromEntries(times());
  const result = await workshop.load(server.port, ...options);
  const cpu = Object.fromEntries(times().map(([name, time]) => [name, (time - (before[name] ?? 0)) / result.answered]));
  const throttled = server.lines?.slice(logged).find((line) => /\(limit \w+ = /.test(line));
  if (throttled) throw new Error(`a limit held the load back: ${throttled}`);
  return { ...result, cpu };
}

export function totalCpu({ cpu }: Served): number {
  return Object.values(cpu).reduce((sum, time) => sum + time, 0);
}
