/** `firefly status`: the nodes as a table, why those that do not run have ended, and what ended lately. */
import { logTroubles, type NodeEnd, recentEnds, troubles } from './ends';
import { CommandFailed, Exit, LOOK_MS, type MasterClient } from './masterclient';
import { type Column, type Look, PLAIN, table } from './table';
import { type Paint, painted } from './terminal';
import { duration, mebibytes } from './units';

/** What `GET /status` tells of a node. What came later than the first version may be missing. */
export interface NodeStatus {
  readonly state: string;
  readonly pid: number | null;
  readonly restarts: number;
  readonly uptimeMs: number | null;
  readonly memoryRss: number | null;
  readonly codeVersion: string | null;
  readonly exits: readonly NodeEnd[];
  /** Why it is not there though it should be. */
  readonly trouble?: string | null;
  /** How long its process has not answered. */
  readonly silentMs?: number | null;
  readonly logTrouble?: string | null;
  readonly host?: string | null;
  readonly draining?: boolean;
  readonly loopLagMs?: { readonly p99: number; readonly max: number } | null;
  readonly connections?: number | null;
  readonly sessions?: number | null;
  readonly dirtyRows?: number | null;
  readonly errors?: number | null;
}

export interface StatusAnswer {
  readonly cluster?: {
    readonly version?: string;
    readonly startedAt?: string;
    readonly operation?: { readonly kind: string; readonly state: string; readonly step: string } | null;
    /** Of the master's own. */
    readonly logTrouble?: string | null;
  };
  readonly nodes: Readonly<Record<string, NodeStatus>>;
}

/** @throws CommandFailed also when what answers there is something else */
export async function askStatus(master: Pick<MasterClient, 'ask'>, deadlineMs = LOOK_MS): Promise<StatusAnswer> {
  const answer = (await master.ask('GET', '/status', {}, deadlineMs)) as StatusAnswer | undefined;
  if (typeof answer?.nodes === 'object' && answer.nodes !== null) return answer;
  throw new CommandFailed(
    'what answers there is no master of a cluster; look at master.webport of the config, and at FIREFLY_URL',
    Exit.unreachable,
  );
}

type Line = NodeStatus & { readonly name: string };

/** From here on a person should look; the console page has the same bound. */
const SLOW_MS = 100;
const VERY_SLOW_MS = 500;

const number = (value: number | null | undefined): string => (value === null || value === undefined ? '' : String(value));

const COLUMNS: readonly Column<Line>[] = [
  { title: 'node', cell: ({ name }) => name, paint: () => 'bold' },
  { title: 'state', cell: shownState, paint: statePaint },
  { title: 'host', cell: ({ host }) => host ?? '', spare: 11 },
  { title: 'pid', cell: ({ pid }) => String(pid ?? '-'), isNumber: true, spare: 8 },
  { title: 'up', cell: ({ uptimeMs }) => (uptimeMs === null ? '-' : duration(uptimeMs)), isNumber: true, spare: 4 },
  {
    title: 'lag',
    cell: ({ loopLagMs }) => (loopLagMs ? `${Math.round(loopLagMs.p99)} ms` : ''),
    isNumber: true,
    spare: 3,
    paint: lagPaint,
  },
  { title: 'memory', cell: ({ memoryRss }) => (memoryRss === null ? '-' : mebibytes(memoryRss)), isNumber: true, spare: 5 },
  { title: 'clients', cell: ({ connections }) => number(connections), isNumber: true, spare: 2 },
  { title: 'sessions', cell: ({ sessions }) => number(sessions), isNumber: true, spare: 6 },
  { title: 'dirty', cell: ({ dirtyRows }) => number(dirtyRows), isNumber: true, spare: 7 },
  {
    title: 'errors',
    cell: ({ errors }) => number(errors),
    isNumber: true,
    spare: 9,
    paint: ({ errors }) => (errors ? 'yellow' : undefined),
  },
  {
    title: 'restarts',
    cell: ({ restarts }) => String(restarts),
    isNumber: true,
    spare: 1,
    paint: ({ restarts }) => (restarts ? 'yellow' : undefined),
  },
  { title: 'code', cell: ({ codeVersion }) => codeVersion ?? '-', spare: 10 },
];

/** A line on the whole, the table, what is wrong, and what was. */
export function statusLines(answer: StatusAnswer, look: Look = PLAIN, now = Date.now()): string[] {
  const { cluster = {}, nodes } = answer;
  const wrong = [...troubles(nodes), ...logTroubles({ master: cluster, ...nodes }), ...recentEnds(nodes, now)];
  return [summary(answer, look, now), '', ...statusTable(answer, look), ...wrong];
}

export function statusTable({ nodes }: StatusAnswer, look: Look = PLAIN): string[] {
  const lines = Object.entries(nodes).map(([name, node]) => ({ name, ...node }));
  const hosts = new Set(lines.flatMap(({ host }) => host ?? []));
  // Where there is but one machine, nobody asks which.
  const columns = hosts.size > 1 ? COLUMNS : COLUMNS.filter(({ title }) => title !== 'host');
  return table(columns, lines, look);
}

function summary({ cluster = {}, nodes }: StatusAnswer, look: Look, now: number): string {
  const { version, startedAt, operation } = cluster;
  const all = Object.values(nodes);
  const ready = all.filter(({ state }) => state === 'ready').length;
  const count = `${ready} of ${all.length} nodes ready`;
  const since = startedAt === undefined ? Number.NaN : Date.parse(startedAt);
  const words = [
    version === undefined ? 'firefly-ts' : `firefly-ts ${version}`,
    Number.isNaN(since) ? '' : `up ${duration(Math.max(0, now - since))}`,
    look.color ? painted(count, ready === all.length ? 'green' : 'red') : count,
    operation?.state === 'running' ? `${operation.kind} under way: ${operation.step}` : '',
  ];
  return words.filter((word) => word !== '').join(', ');
}

function shownState({ state, draining, silentMs }: Line): string {
  if (state === 'not answering' && silentMs) return `${state} ${duration(silentMs)}`;
  return draining && state === 'ready' ? 'draining' : state;
}

function statePaint(line: Line): Paint | undefined {
  if (shownState(line) === 'ready') return 'green';
  return ['failed', 'exited', 'not answering'].includes(line.state) ? 'red' : 'yellow';
}

function lagPaint({ loopLagMs }: Line): Paint | undefined {
  if (!loopLagMs || loopLagMs.p99 < SLOW_MS) return undefined;
  return loopLagMs.p99 < VERY_SLOW_MS ? 'yellow' : 'red';
}
