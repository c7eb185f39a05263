/** What the master answers, as lines that a person reads. Pure. */

interface NodeStatus {
  readonly state: string;
  readonly pid: number | null;
  readonly restarts: number;
  readonly uptimeMs: number | null;
  readonly memoryRss: number | null;
  readonly codeVersion: string | null;
  readonly exits: readonly { readonly pid: number; readonly reason: string; readonly lastLines: readonly string[] }[];
}

interface ReloadAnswer {
  readonly nodes?: Readonly<
    Record<string, { readonly failures?: readonly { readonly file: string; readonly line: number; readonly message: string }[] }>
  >;
}

export interface QuarantinedRow {
  readonly table: string;
  readonly pk: string | number;
  readonly reason: string;
}

const MIB = 1024 * 1024;

export function statusTable(answer: unknown): string[] {
  const { nodes } = answer as { nodes: Record<string, NodeStatus> };
  return table(
    ['node', 'state', 'pid', 'restarts', 'up', 'memory', 'code'],
    Object.entries(nodes).map(([name, { state, pid, restarts, uptimeMs, memoryRss, codeVersion }]) => [
      name,
      state,
      String(pid ?? '-'),
      String(restarts),
      uptimeMs === null ? '-' : duration(uptimeMs),
      memoryRss === null ? '-' : `${Math.round(memoryRss / MIB)} MiB`,
      codeVersion ?? '-',
    ]),
  );
}

/** Why the nodes that do not run have ended: how, and what they said of it. */
export function troubles(answer: unknown): string[] {
  const { nodes } = answer as { nodes: Record<string, NodeStatus> };
  return Object.entries(nodes).flatMap(([name, { state, exits }]) => {
    const last = exits.at(-1);
    if (state === 'ready' || state === 'stopping' || !last) return [];
    const said = last.lastLines.filter((line) => / (ERROR|FATAL) /.test(line));
    return [
      '',
      `${name}, process ${last.pid}, ${last.reason}`,
      ...(said.length > 0 ? said : last.lastLines.slice(-1)).map((line) => `  ${line}`),
    ];
  });
}

/** Where each node could not load the new code. @param answer of a reload; of anything else, nothing */
export function reloadFailures(answer: unknown): string[] {
  const { nodes = {} } = (typeof answer === 'object' && answer !== null ? answer : {}) as ReloadAnswer;
  return Object.entries(nodes).flatMap(([name, { failures = [] }]) =>
    failures.map(({ file, line, message }) => `${name}: ${file}:${line} ${message}`),
  );
}

export function quarantineTable(answer: unknown): string[] {
  const rows = answer as readonly QuarantinedRow[];
  if (rows.length === 0) return ['no row is in quarantine'];
  return table(
    ['table', 'pk', 'reason'],
    rows.map(({ table: name, pk, reason }) => [name, String(pk), reason]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function duration(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}
