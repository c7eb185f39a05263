/** What the master answers about reloads and rows, as lines that a person reads. Pure. */
import { table } from './table';

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

/** Where each node could not load the new code. @param answer of a reload; of anything else, nothing */
export function reloadFailures(answer: unknown): string[] {
  const { nodes = {} } = (typeof answer === 'object' && answer !== null ? answer : {}) as ReloadAnswer;
  return Object.entries(nodes).flatMap(([name, { failures = [] }]) =>
    failures.map(({ file, line, message }) => `${name}: ${file}:${line} ${message}`),
  );
}

export function quarantineTable(rows: readonly QuarantinedRow[]): string[] {
  if (rows.length === 0) return ['no row is in quarantine'];
  return table<QuarantinedRow>(
    [
      { title: 'table', cell: ({ table: name }) => name },
      { title: 'pk', cell: ({ pk }) => String(pk) },
      { title: 'reason', cell: ({ reason }) => reason },
    ],
    rows,
  );
}
