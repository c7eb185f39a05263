/** Tables that a person reads, as wide as the window at most. Pure. */
import { type Paint, painted } from './terminal';

export interface Column<Row> {
  readonly title: string;
  /** Of cells that are all empty the column is left out. */
  readonly cell: (row: Row) => string;
  /** Columns go when there is no room, those with the highest number first; without one it stays. */
  readonly spare?: number;
  /** Numbers stand below each other. */
  readonly isNumber?: boolean;
  readonly paint?: (row: Row) => Paint | undefined;
}

/** How it is to look. */
export interface Look {
  readonly columns: number;
  readonly color: boolean;
}

/** For a file or a pipe: everything, in no colour. */
export const PLAIN: Look = { columns: Number.POSITIVE_INFINITY, color: false };

const GAP = '  ';

export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], look: Look = PLAIN): string[] {
  const shown = fitting(
    columns.filter(({ cell }) => rows.some((row) => cell(row) !== '')),
    rows,
    look.columns,
  );
  const widths = shown.map((column) => widthOf(column, rows));
  const line = (cells: readonly string[]) => cells.join(GAP).trimEnd();
  const head = line(shown.map(({ title, isNumber }, at) => padded(title, widths[at] ?? 0, isNumber)));
  const body = rows.map((row) =>
    line(
      shown.map(({ cell, isNumber, paint }, at) => {
        const text = padded(cell(row), widths[at] ?? 0, isNumber);
        const color = look.color ? paint?.(row) : undefined;
        return color ? painted(text, color) : text;
      }),
    ),
  );
  return [look.color ? painted(head, 'dim') : head, ...body];
}

/** The columns there is room for. */
function fitting<Row>(columns: readonly Column<Row>[], rows: readonly Row[], room: number): Column<Row>[] {
  const kept = [...columns];
  const width = () => kept.reduce((sum, column) => sum + widthOf(column, rows) + GAP.length, -GAP.length);
  while (width() > room) {
    const [least] = kept.filter(({ spare }) => spare !== undefined).sort((one, other) => (other.spare ?? 0) - (one.spare ?? 0));
    if (!least) break;
    kept.splice(kept.indexOf(least), 1);
  }
  return kept;
}

function widthOf<Row>({ title, cell }: Column<Row>, rows: readonly Row[]): number {
  return Math.max(title.length, ...rows.map((row) => cell(row).length));
}

function padded(text: string, width: number, isNumber = false): string {
  return isNumber ? text.padStart(width) : text.padEnd(width);
}
