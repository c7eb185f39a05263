/** The days of the game: plots, and the same as a table, thirty days at a time. */
import { get } from './api.mjs';
import { chart } from './chart.mjs';
import { emptyRow, h } from './dom.mjs';
import { count, dayName, fine, percent } from './format.mjs';

/** `/dayrecored` has ten days a page. */
const PAGES = 3;
const DAYS = 10 * PAGES;

const COLUMNS = [
  { field: 'high', title: 'Most at a time', show: count },
  { field: 'onlineaverage', title: 'On average', show: count },
  { field: 'onlinetotal', title: 'Minutes', show: count },
  { field: 'createrole', title: 'New roles', show: count },
  { field: 'loginuser', title: 'Logged in', show: count },
  { field: 'r_rate', title: 'Logged in per 100 new roles', show: count },
  { field: 'pay_goal', title: 'Income', show: count },
  { field: 'pay_cnt', title: 'Payers', show: count },
  { field: 'pay_rate', title: 'Pay rate', show: percent },
  { field: 'f_arpu', title: 'ARPU of payers', show: fine },
  { field: 'z_arpu', title: 'Income per new role', show: fine },
  { field: 'cons_goal', title: 'Gold spent', show: count },
  { field: 'user_cnt', title: 'Spenders', show: count },
];

const CHARTS = [
  {
    title: 'Players online',
    format: count,
    series: [
      { field: 'high', label: 'at most', shape: 'line' },
      { field: 'onlineaverage', label: 'on average', shape: 'line' },
    ],
  },
  { title: 'New roles', format: count, series: [{ field: 'createrole', label: 'new roles', shape: 'bar' }] },
  { title: 'Income', format: count, series: [{ field: 'pay_goal', label: 'paid', shape: 'bar' }] },
  {
    title: 'ARPU',
    format: fine,
    series: [
      { field: 'f_arpu', label: 'per payer', shape: 'line' },
      { field: 'z_arpu', label: 'per new role', shape: 'line' },
    ],
  },
  {
    title: 'Pay rate',
    format: percent,
    axis: (value) => `${fine(value)} %`,
    series: [{ field: 'pay_rate', label: 'of those who logged in', shape: 'line' }],
  },
  { title: 'Gold spent', format: count, series: [{ field: 'cons_goal', label: 'spent', shape: 'bar' }] },
];

/** @param {HTMLElement} parent @param {(work: () => Promise<void>) => Promise<void>} attempt */
export function days(parent, attempt) {
  const charts = CHARTS.map((about) => chart(/** @type {any} */ (about)));
  const span = h('span', { class: 'quiet', role: 'status' });
  const older = h('button', { type: 'button', onclick: () => turn(1) }, 'Earlier');
  const newer = h('button', { type: 'button', onclick: () => turn(-1) }, 'Later');
  const body = h('tbody');
  const head = h(
    'tr',
    {},
    h('th', { scope: 'col' }, 'Day'),
    ...COLUMNS.map(({ title }) => h('th', { scope: 'col', class: 'number' }, title)),
  );
  let back = 0;
  let shown = 0;

  parent.append(
    h('div', { class: 'tools' }, h('h2', { id: 'days-title' }, 'Days'), span, h('div', { class: 'buttons' }, older, newer)),
    h('div', { class: 'charts' }, ...charts.map(({ element }) => element)),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'The days as a table' },
      h('table', {}, h('thead', {}, head), body),
    ),
    h('p', { class: 'quiet' }, 'Days are in UTC. Income is in the smallest coin.'),
  );

  const turn = (step) => {
    back = Math.max(0, back + step);
    return attempt(load);
  };

  async function load() {
    const asked = back;
    const numbers = Array.from({ length: PAGES }, (_, number) => asked * PAGES + number + 1);
    const rows = (await Promise.all(numbers.map((index) => get('/dayrecored', { index })))).flat();
    // Whoever turned on meanwhile sees the newer question's answer.
    if (asked !== back) return;
    shown = rows.length;
    show(rows);
  }

  function show(rows) {
    for (const { update } of charts) update(rows);
    body.replaceChildren(...(rows.length > 0 ? rows.map(rowOf) : [emptyRow(COLUMNS.length + 1, 'No day is counted here.')]));
    span.textContent = rows.length > 0 ? `${dayName(rows.at(-1).recorddate)} to ${dayName(rows[0].recorddate)}` : '';
    older.disabled = shown < DAYS;
    newer.disabled = back === 0;
  }

  return { load };
}

function rowOf(row) {
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, row.recorddate),
    ...COLUMNS.map(({ field, show }) => h('td', { class: 'number' }, show(row[field]))),
  );
}
