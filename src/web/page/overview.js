/** The page of the whole cluster. */
import { exitsOf, lagKind, sumsOf } from './cluster.js';
import { h } from './dom.js';
import { exitList } from './exits.js';
import { bytes, count, millis, rate } from './format.js';
import { nodeTable } from './nodetable.js';
import { picture } from './picture.js';
import { tiles } from './tiles.js';

const EXITS_SHOWN = 12;

/** @returns {{ element: HTMLElement, update: (model: import('./model.js').Model) => void, close: () => void }} */
export function overview() {
  const [figures, drawing, table, exits] = [tiles('The cluster in figures'), picture(), nodeTable(), exitList('Ends of processes')];
  return {
    element: h(
      'div',
      { class: 'view' },
      h('h1', { class: 'unseen' }, 'The cluster'),
      figures.element,
      drawing.element,
      table.element,
      exits.element,
    ),
    update({ status, roles, history }) {
      if (!status) return;
      figures.update(figuresOf(sumsOf(status.nodes), history));
      drawing.update(status.nodes, roles);
      table.update(status.nodes, history);
      exits.update(exitsOf(status.nodes, EXITS_SHOWN));
    },
    close: drawing.close,
  };
}

function figuresOf(sums, history) {
  const lag = sums.lag === null ? {} : { kind: lagKind({ loopLagMs: { p99: sums.lag } }) };
  return [
    { key: 'clients', title: 'Clients', value: count(sums.clients), series: history.of('clients') },
    { key: 'calls', title: 'Calls between nodes', value: rate(sums.calls), note: '/s', series: history.of('calls') },
    { key: 'lag', title: 'Worst loop lag', value: millis(sums.lag), note: 'p99', series: history.of('lag'), ...lag },
    { key: 'memory', title: 'Memory', value: bytes(sums.memory), series: history.of('memory') },
    { key: 'dirtyRows', title: 'Dirty rows', value: count(sums.dirtyRows), series: history.of('dirtyRows') },
    {
      key: 'restarts',
      title: 'Restarts',
      value: count(sums.restarts),
      series: history.of('restarts'),
      kind: sums.restarts ? 'busy' : undefined,
    },
  ];
}
