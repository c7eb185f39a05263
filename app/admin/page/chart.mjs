/** A plot of days: lines or bars, with the values of one day below it, picked with the pointer or the arrow keys. */
import { h, svg } from './dom.mjs';
import { compact, dayName } from './format.mjs';
import { byDay, runsOf, topOf } from './scale.mjs';

const HEIGHT = 170;
const LEFT = 40;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 24;

/**
 * @typedef {{ field: string, label: string, shape: 'line' | 'bar' }} Series
 * @param {{ title: string, format: (value: number | null) => string, axis?: (value: number) => string, series: readonly Series[] }} about `axis` writes the values at the side
 * @returns {{ element: HTMLElement, update: (rows: readonly any[]) => void }}
 */
export function chart({ title, format, axis = compact, series }) {
  const plot = svg('svg', { class: 'plot', role: 'slider', tabindex: 0, height: HEIGHT, 'aria-label': `${title}, day by day` });
  const picked = h('p', { class: 'picked' });
  const element = h('figure', { class: 'chart' }, h('figcaption', {}, title), plot, picked);
  /** @type {{ date: string, values: (number | null)[] }[]} */
  let days = [];
  let at = 0;
  let width = 0;

  const slot = () => (width - LEFT - RIGHT) / Math.max(1, days.length);
  const x = (index) => LEFT + (index + 0.5) * slot();

  function draw() {
    const top = topOf(days.flatMap(({ values }) => values));
    const y = (value) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
    const parts = [grid(top, y), ...series.map((one, number) => shapeOf(one, number, y)), marks(), cursor()];
    plot.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
    plot.replaceChildren(...parts);
    pick(at);
  }

  function grid(top, y) {
    const lines = [0, top / 2, top].map((value) => [
      svg('line', { x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }),
      svg('text', { x: LEFT - 6, y: y(value) + 4, 'text-anchor': 'end' }, axis(value)),
    ]);
    return svg('g', { class: 'grid' }, ...lines.flat());
  }

  function shapeOf({ field, shape }, number, y) {
    const values = days.map((day) => day.values[number] ?? null);
    // A day that is not over is a point of its own: a line down to it would look like a loss.
    const over = shape === 'line' && isToday(days.at(-1)?.date) ? [...values.slice(0, -1), null, values.at(-1) ?? null] : values;
    const runs = runsOf(over).map((run) =>
      run.map(([index, value]) => /** @type {[number, number]} */ ([Math.min(index, days.length - 1), value])),
    );
    const group = svg('g', { class: `series series-${number}`, 'data-field': field });
    if (shape === 'bar') {
      const wide = Math.max(1, Math.min(24, slot() * 0.7));
      for (const [index, value] of runs.flat())
        group.append(svg('rect', { x: x(index) - wide / 2, y: y(value), width: wide, height: HEIGHT - BOTTOM - y(value), rx: 1.5 }));
      return group;
    }
    for (const run of runs) {
      group.append(svg('path', { d: `M${run.map(([index, value]) => `${x(index)} ${y(value)}`).join('L')}` }));
      const [only] = run;
      if (run.length === 1 && only) group.append(svg('circle', { cx: x(only[0]), cy: y(only[1]), r: 2.5 }));
    }
    return group;
  }

  function marks() {
    const last = days.length - 1;
    const shown = days.length === 0 ? [] : [...new Set([0, Math.round(last / 2), last])];
    const texts = shown.map((index) => {
      const anchor = index === 0 && last > 0 ? 'start' : index === last && last > 0 ? 'end' : 'middle';
      const from = anchor === 'start' ? LEFT : anchor === 'end' ? width - RIGHT : x(index);
      return svg('text', { x: from, y: HEIGHT - 6, 'text-anchor': anchor }, dayName(days[index]?.date ?? ''));
    });
    return svg('g', { class: 'grid' }, ...texts);
  }

  const cursor = () => svg('line', { class: 'cursor', x1: 0, x2: 0, y1: TOP, y2: HEIGHT - BOTTOM });

  function pick(index) {
    at = Math.max(0, Math.min(days.length - 1, index));
    const day = days[at];
    const said = day ? series.map(({ label }, number) => `${format(day.values[number] ?? null)} ${label}`) : [];
    picked.replaceChildren(
      ...(day
        ? [h('b', {}, dayOf(day.date)), ...said.map((one, number) => h('span', { class: `key key-${number}` }, one))]
        : ['No day is counted yet.']),
    );
    const line = plot.querySelector('.cursor');
    line?.setAttribute('x1', String(x(at)));
    line?.setAttribute('x2', String(x(at)));
    plot.setAttribute('aria-valuemin', '0');
    plot.setAttribute('aria-valuemax', String(Math.max(0, days.length - 1)));
    plot.setAttribute('aria-valuenow', String(at));
    plot.setAttribute('aria-valuetext', day ? `${dayOf(day.date)}: ${said.join(', ')}` : 'no day is counted yet');
  }

  plot.addEventListener('pointermove', ({ offsetX }) => pick(Math.floor((offsetX - LEFT) / slot())));
  plot.addEventListener('pointerleave', () => pick(days.length - 1));
  plot.addEventListener('keydown', (event) => {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -days.length, End: days.length };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    pick(at + step);
  });
  new ResizeObserver(() => {
    width = plot.clientWidth;
    draw();
  }).observe(plot);

  return {
    element,
    update(rows) {
      const columns = series.map(({ field }) => byDay(rows, field));
      const wasLast = at >= days.length - 1;
      days = (columns[0] ?? []).map(({ date }, index) => ({ date, values: columns.map((column) => column[index]?.value ?? null) }));
      if (wasLast) at = days.length - 1;
      draw();
    },
  };
}

const isToday = (date) => date === new Date().toISOString().slice(0, 10);

const dayOf = (date) => `${dayName(date)}${isToday(date) ? ', so far' : ''}`;
