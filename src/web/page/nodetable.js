/** The nodes as a table; on a narrow screen each row is a card of the same. */
import { lagKind, stateOf } from './cluster.js';
import { h, keyed, set, text } from './dom.js';
import { bytes, count, DASH, duration, millis } from './format.js';
import { nodeAddress } from './picture.js';
import { sparkline } from './sparkline.js';
import { stateMark } from './state.js';

/** @import { NodeStatus } from './cluster.js' */

/** @type {{ key: string, title: string, show: (node: NodeStatus) => string, kind?: (node: NodeStatus) => string | undefined, line?: boolean }[]} */
const COLUMNS = [
  { key: 'lag', title: 'Loop lag', show: ({ loopLagMs }) => millis(loopLagMs?.p99), kind: lagKind, line: true },
  { key: 'memory', title: 'Memory', show: ({ memoryRss }) => bytes(memoryRss), line: true },
  { key: 'connections', title: 'Clients', show: ({ connections }) => count(connections) },
  { key: 'sessions', title: 'Sessions', show: ({ sessions }) => count(sessions) },
  { key: 'dirtyRows', title: 'Dirty rows', show: ({ dirtyRows }) => count(dirtyRows) },
  { key: 'errors', title: 'Errors', show: ({ errors }) => count(errors), kind: ({ errors }) => (errors ? 'bad' : undefined) },
  {
    key: 'restarts',
    title: 'Restarts',
    show: ({ restarts }) => count(restarts),
    kind: ({ restarts }) => (restarts > 0 ? 'busy' : undefined),
  },
  { key: 'uptime', title: 'Up', show: ({ uptimeMs }) => duration(uptimeMs) },
  { key: 'code', title: 'Code', show: ({ codeVersion }) => codeVersion ?? DASH },
];

/** @returns {{ element: HTMLElement, update: (nodes: Record<string, NodeStatus>, history: import('./history.js').History) => void }} */
export function nodeTable() {
  // Rows become cards on a phone; the roles keep it a table for those who hear it.
  const titles = ['Node', 'State', ...COLUMNS.map(({ title }) => title)];
  const body = h('tbody', { role: 'rowgroup' });
  const table = h(
    'table',
    { class: 'nodes', role: 'table' },
    h('caption', { class: 'unseen' }, 'Nodes'),
    h(
      'thead',
      { role: 'rowgroup' },
      h(
        'tr',
        { role: 'row' },
        ...titles.map((title, at) => h('th', { scope: 'col', role: 'columnheader', class: at > 1 ? 'number' : undefined }, title)),
      ),
    ),
    body,
  );
  return {
    element: h('section', { class: 'card', 'aria-label': 'Nodes' }, h('div', { class: 'scroll' }, table)),
    update(nodes, history) {
      const rows = Object.entries(nodes).map(([name, node]) => ({ name, node, history }));
      keyed(body, rows, ({ name }) => name, makeRow);
    },
  };
}

function makeRow({ name }) {
  const state = stateMark();
  const cells = COLUMNS.map(({ key, title, line }) => {
    const value = h('span', { class: key === 'code' ? 'mono' : undefined });
    const spark = line ? sparkline() : undefined;
    return { element: h('td', { role: 'cell', class: 'number', 'data-title': title }, spark?.element, value), value, spark };
  });
  const element = h(
    'tr',
    { role: 'row' },
    h('th', { scope: 'row', role: 'rowheader' }, h('a', { href: nodeAddress(name) }, name)),
    h('td', { role: 'cell', class: 'state-cell' }, state.element),
    ...cells.map((cell) => cell.element),
  );
  return {
    element,
    update({ node, history }) {
      state.update(stateOf(node));
      COLUMNS.forEach(({ key, show, kind }, at) => {
        const cell = cells[at];
        const shown = show(node);
        text(cell.value, shown);
        set(cell.element, 'data-none', shown === DASH);
        set(cell.element, 'data-kind', kind?.(node));
        cell.spark?.update(history.of(`${name} ${key}`));
      });
    },
  };
}
