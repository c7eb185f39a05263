/** The results as a table that is read in a terminal and pasted into a document. */
import type { FigureResult, RowResult } from './measure';

const HEAD = ['row', 'what', 'beside', 'figure', 'yardstick', 'firefly', 'ratio', 'of pairs', 'goal', ''] as const;

export function formatTable(results: readonly RowResult[]): string {
  const lines = results.flatMap((row) => (row.isVoid === undefined ? row.figures.map((figure) => cells(row, figure)) : [voidCells(row)]));
  const all = [[...HEAD], ...lines];
  const widths = HEAD.map((_, column) => Math.max(1, ...all.map((line) => line[column]?.length ?? 0)));
  const format = (line: readonly string[]) => `| ${widths.map((width, column) => (line[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [head = [], ...rest] = all;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  const reasons = results.flatMap(({ key, isVoid }) => (isVoid === undefined ? [] : [`${key} is void: ${isVoid}`]));
  return [format(head), rule, ...rest.map(format), ...reasons].join('\n');
}

function cells({ key, title, beside }: RowResult, figure: FigureResult): string[] {
  const { name, unit, yardstick, firefly, ratio, range, isReached } = figure;
  const verdict = isReached === undefined ? '' : isReached ? 'reached' : 'missed';
  return [
    ...[key, title, beside, unit === '/s' ? `${name}/s` : `${name}, ${unit}`, formatValue(yardstick), formatValue(firefly)],
    ...(Number.isNaN(ratio) ? ['', ''] : [ratio.toFixed(2), range.map((value) => value.toFixed(2)).join('-')]),
    ...[goalText(figure), verdict],
  ];
}

/** Where there is no yardstick, nothing. */
function formatValue(value: number): string {
  if (Number.isNaN(value)) return '';
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
}

function goalText({ goal, better, unit }: FigureResult): string {
  if (!goal) return '';
  const bound = better === 'more' ? '>=' : '<=';
  const { ratio, value } = goal;
  const goals = [
    ratio === undefined ? '' : ratio.toFixed(2),
    value === undefined ? '' : `${value.toLocaleString('en')}${unit === '/s' ? '' : ' '}${unit}`,
  ];
  return `${bound} ${goals.filter((text) => text !== '').join(', ')}`;
}

function voidCells({ key, title, beside }: RowResult): string[] {
  return [key, title, beside, '', '', '', '', '', '', 'void'];
}
