/** How processes of nodes ended, and what else keeps nodes from being there: as lines for a person. Pure. */
import { duration } from './units';

/** As `GET /status` has it. */
export interface NodeEnd {
  readonly at?: string;
  readonly pid: number;
  readonly reason: string;
  readonly lastLines: readonly string[];
}

/** What these lines are made of. */
export interface EndingNode {
  readonly state: string;
  readonly pid: number | null;
  readonly trouble?: string | null;
  readonly logTrouble?: string | null;
  readonly exits: readonly NodeEnd[];
}

type Nodes = Readonly<Record<string, EndingNode>>;

/** An end is news for so long. */
const NEWS_MS = 15 * 60_000;
/** Of the ends that are news, the newest. */
const MOST_ENDS = 10;
/** Of what a process said last, when it is not what a person is after. */
const MOST_SAID = 3;

/** Why the nodes that are not there are not: what they wait for, how they ended, what they said of it. */
export function troubles(nodes: Nodes): string[] {
  return Object.entries(nodes).flatMap(([name, node]) => {
    const waits = waitsFor(node) ? ['', `${name}, process ${node.pid}: ${node.trouble}`] : [];
    const last = isDown(node) ? node.exits.at(-1) : undefined;
    if (!last) return waits;
    const said = errorsOf(last);
    const lines = said.length > 0 ? said : last.lastLines.slice(-1);
    return [...waits, '', `${name}, ${describe(last)}`, ...lines.map((line) => `  ${line}`)];
  });
}

/** What ended lately though it is back, the newest first: how long ago, why, and what it said. */
export function recentEnds(nodes: Nodes, now: number): string[] {
  const ends = Object.entries(nodes)
    .flatMap(([name, node]) => (isDown(node) ? node.exits.slice(0, -1) : node.exits).map((end) => ({ name, end, ago: ageOf(end, now) })))
    .filter(({ ago }) => ago < NEWS_MS)
    .sort((one, other) => one.ago - other.ago);
  if (ends.length === 0) return [];
  const lines = ends.slice(0, MOST_ENDS).flatMap(({ name, end, ago }, at) => {
    const isNewest = ends.findIndex((other) => other.name === name) === at;
    const said = isNewest ? errorsOf(end).slice(-MOST_SAID) : [];
    return [`  ${duration(ago)} ago: ${name}, ${describe(end)}`, ...said.map((line) => `    ${line.split('\n', 1)[0]}`)];
  });
  const more = ends.length > MOST_ENDS ? [`  and ${ends.length - MOST_ENDS} before`] : [];
  return ['', 'ended in the last 15 minutes:', ...lines, ...more];
}

/** Whose log does not get into its file, which nobody would notice before it is looked for. */
export function logTroubles(all: Readonly<Record<string, Pick<EndingNode, 'logTrouble'>>>): string[] {
  const lines = Object.entries(all).flatMap(([name, { logTrouble }]) =>
    logTrouble ? [`the log file of ${name} cannot be written, its lines are lost until it can: ${logTrouble}`] : [],
  );
  return lines.length > 0 ? ['', ...lines] : [];
}

/** Whether it is recent enough to be what a person looks for. */
export function isNews(end: NodeEnd, now: number): boolean {
  return ageOf(end, now) < NEWS_MS;
}

/** `process 4711, failed with exit code 1` */
export function describe({ pid, reason }: NodeEnd): string {
  return `process ${pid}, ${reason}`;
}

/** Of one that does not say when: infinite. */
export function ageOf({ at }: NodeEnd, now: number): number {
  const then = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isNaN(then) ? Number.POSITIVE_INFINITY : Math.max(0, now - then);
}

/** Whether its last end is why it is not there. */
function isDown({ state }: EndingNode): boolean {
  return state !== 'ready' && state !== 'stopping' && state !== 'not answering';
}

/** Whether its process runs and knows, or the master does, what keeps it from being there. */
function waitsFor({ state, pid, trouble }: EndingNode): boolean {
  return Boolean(trouble) && pid !== null && (state === 'not answering' || (state === 'starting' && trouble !== 'starting'));
}

function errorsOf({ lastLines }: NodeEnd): string[] {
  return lastLines.filter((line) => / (ERROR|FATAL) /.test(line));
}
