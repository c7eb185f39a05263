/** A small line of the last minutes, the newest at the right. */
import { set, svg } from './dom.js';

const WIDTH = 120;
const HEIGHT = 24;
/** A line that has just begun fills a part of the width; it shrinks as it gets longer. */
const LEAST_VALUES = 60;

/** @returns {{ element: SVGElement, update: (series: readonly (number | null)[]) => void }} */
export function sparkline() {
  const area = svg('path', { class: 'spark-area' });
  const line = svg('path', { class: 'spark-line' });
  const element = svg(
    'svg',
    { class: 'sparkline', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    area,
    line,
  );
  return {
    element,
    update(series) {
      const runs = runsOf(series).map((run) => ({
        points: run.map(([x, y]) => `${x} ${y}`).join('L'),
        from: run[0][0],
        to: run[run.length - 1][0],
      }));
      set(line, 'd', runs.map(({ points }) => `M${points}`).join(''));
      set(area, 'd', runs.map(({ points, from, to }) => `M${from} ${HEIGHT}L${points}L${to} ${HEIGHT}Z`).join(''));
    },
  };
}

/** Points of each stretch without a gap. @param {readonly (number | null)[]} series @returns {number[][][]} */
export function runsOf(series) {
  const known = series.filter((value) => value !== null);
  const top = Math.max(...known, 0) || 1;
  const step = WIDTH / (Math.max(LEAST_VALUES, series.length) - 1);
  const runs = [];
  let run = [];
  series.forEach((value, index) => {
    if (value === null) run = [];
    else {
      if (run.length === 0) runs.push(run);
      const x = WIDTH - (series.length - 1 - index) * step;
      run.push([Math.round(x * 100) / 100, Math.round((HEIGHT - 1.5 - (value / top) * (HEIGHT - 3)) * 100) / 100]);
    }
  });
  return runs;
}
