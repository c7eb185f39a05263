/** What the master answers, as lines that a person reads. Pure. */

interface NodeStatus {
  readonly state: string;
  readonly pid: number | null;
  readonly restarts: number;
  readonly uptimeMs: number | null;
  readonly memoryRss: number | null;
  readonly codeVersion: string | null;
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
