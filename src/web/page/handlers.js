/** The handlers of a node: how often each is called, how long it takes, how often it fails. The busiest first. */
import { h, keyed, set, text } from './dom.js';
import { count, millis, rate, some } from './format.js';

const SHOWN = 50;

/**
 * @typedef {{ service: string, name: string | number, calls: number, failures: number, perSecond: number, p50Ms: number | null, p99Ms: number | null, maxMs: number | null }} Handler
 */
const COLUMNS = [
  { title: 'Calls/s', show: (handler) => rate(handler.perSecond) },
  { title: 'Calls', show: (handler) => count(handler.calls) },
  { title: 'Failures', show: (handler) => count(handler.failures), kind: (handler) => (handler.failures > 0 ? 'bad' : undefined) },
  { title: 'p50', show: (handler) => millis(handler.p50Ms) },
  { title: 'p99', show: (handler) => millis(handler.p99Ms) },
  { title: 'Longest', show: (handler) => millis(handler.maxMs) },
];

export function handlerTable() {
  const body = h('tbody');
  const left = h('span', { class: 'none' });
  const all = h('input', { type: 'checkbox' });
  const choice = h('label', {}, all, ' The framework’s own, too');
  let last = [];
  const show = () => {
    const wanted = last.filter((handler) => all.checked || !isOwn(handler)).sort(byUse);
    keyed(body, wanted.slice(0, SHOWN), ({ service, name }) => `${service} ${name}`, makeRow);
    const hidden = wanted.length - SHOWN;
    text(left, wanted.length === 0 ? 'None was called yet.' : hidden > 0 ? `${some(hidden, 'handler')} more, called less often.` : '');
  };
  all.addEventListener('change', show);
  const titles = ['Handler', ...COLUMNS.map(({ title }) => title)];
  return {
    element: h(
      'section',
      { class: 'card', 'aria-label': 'Handlers' },
      h('h2', {}, 'Handlers'),
      h(
        'div',
        { class: 'scroll' },
        h(
          'table',
          {},
          h('thead', {}, h('tr', {}, ...titles.map((title, at) => h('th', { scope: 'col', class: at > 0 ? 'number' : undefined }, title)))),
          body,
        ),
      ),
      h('div', { class: 'tools' }, choice, left),
    ),
    /** @param {Handler[]} handlers */
    update(handlers) {
      last = handlers;
      show();
    },
  };
}

/** What nodes say to each other without the game. */
function isOwn({ service, name }) {
  return service.endsWith('(internal)') || String(name).startsWith('firefly.');
}

function byUse(a, b) {
  return b.perSecond - a.perSecond || b.calls - a.calls || (`${a.service} ${a.name}` < `${b.service} ${b.name}` ? -1 : 1);
}

function makeRow({ service, name }) {
  const cells = COLUMNS.map(() => h('td', { class: 'number' }));
  return {
    element: h(
      'tr',
      {},
      h('th', { scope: 'row' }, h('span', { class: 'mono' }, name), ' ', h('span', { class: 'note' }, service)),
      ...cells,
    ),
    update(handler) {
      COLUMNS.forEach(({ show, kind }, at) => {
        text(cells[at], show(handler));
        set(cells[at], 'data-kind', kind?.(handler));
      });
    },
  };
}
