/** A server under the load program: what it did in a second, and what that cost in each of its processes. */
import type { Cluster } from '../../test/helpers/cluster';
import { processTime, writeCalls } from './processtime';
import type { LoadResult, Workshop } from './workshop';

export interface Served extends LoadResult {
  /** Processor time of a request in microseconds, by process. */
  readonly cpu: Readonly<Record<string, number>>;
  /** Writes of a request, by process: below one where several leave together. */
  readonly writes: Readonly<Record<string, number>>;
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
  let cpu = meter(server, processTime);
  let writes = meter(server, writeCalls);
  const result = await workshop.load(server.port, options, () => {
    cpu = meter(server, processTime);
    writes = meter(server, writeCalls);
  });
  const throttled = server.lines?.slice(logged).find((line) => /\blimit \w+ = \d/.test(line));
  if (throttled) throw new Error(`a limit held the load back: ${throttled}`);
  return { ...result, cpu: cpu(result.answered), writes: writes(result.answered) };
}

/** Reads each process now, and again when it is called: the difference, divided by the number given. */
export function meter({ processes }: Server, read: (pid: number) => number): (requests: number) => Record<string, number> {
  const all = () => Object.entries(processes).map(([name, pid]) => [name, read(pid)] as const);
  const before = Object.fromEntries(all());
  return (requests) => Object.fromEntries(all().map(([name, now]) => [name, (now - (before[name] ?? 0)) / requests]));
}

export function totalCpu({ cpu }: Served): number {
  return Object.values(cpu).reduce((sum, time) => sum + time, 0);
}
