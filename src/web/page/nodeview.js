/** The page of one node: what it does, what went wrong in it, what it says, and a look inside. */
import * as acts from './actions.js';
import { callsOf, lagKind, stateOf } from './cluster.js';
import { detail } from './detail.js';
import { h, set, text } from './dom.js';
import { exitList } from './exits.js';
import { bytes, count, duration, millis, rate } from './format.js';
import { stateMark } from './state.js';
import { tiles } from './tiles.js';

/**
 * @param {string} name
 * @param {{ operate: (act: acts.Act) => void, say: (said: string) => void, model: import('./model.js').Model }} page
 */
export function nodeView(name, { operate, say, model }) {
  const state = stateMark();
  const where = h('p', { class: 'note' });
  const figures = tiles(`${name} in figures`);
  const exits = exitList('How it ended before', { opensNewest: true });
  const { elements, close } = detail(name, say);
  const button = (label, act) => h('button', { type: 'button', onclick: act }, label);
  const ofStatus = (make) => () => model.status?.nodes[name] && operate(make(model.status, name));
  const [reload, restart, drain, start] = [
    button('Reload', () => operate(acts.reloadNode(name))),
    button('Restart', ofStatus(acts.restart)),
    button('Drain', ofStatus(acts.drain)),
    button('Start', () => operate(acts.start(name))),
  ];
  const head = h(
    'div',
    { class: 'node-head' },
    h('p', {}, h('a', { href: '#/' }, '‹ All nodes')),
    h('h1', {}, name),
    state.element,
    h('section', { class: 'acts', 'aria-label': `Acts on ${name}` }, reload, restart, drain, start),
  );
  return {
    element: h('div', { class: 'view' }, head, where, figures.element, exits.element, ...elements),
    update({ status, history }) {
      const node = status?.nodes[name];
      if (!node) {
        text(where, `The config has no node ${name}.`);
        for (const one of [reload, restart, drain, start]) one.hidden = true;
        return;
      }
      const isRunning = node.pid !== null && node.state !== 'exited' && node.state !== 'failed';
      state.update(stateOf(node));
      text(where, whereabouts(node));
      figures.update(figuresOf(name, node, history));
      exits.update(node.exits.map((exit) => ({ name, ...exit })).reverse());
      exits.element.hidden = node.exits.length === 0;
      for (const one of [reload, restart, drain]) one.hidden = !isRunning;
      // All others write through it: it is restarted, never sent away.
      if (model.roles[name]?.writer) drain.hidden = true;
      start.hidden = isRunning;
      for (const one of [restart, drain, start]) set(one, 'disabled', status.cluster.operation?.state === 'running');
    },
    close,
  };
}

function whereabouts({ pid, host, codeVersion, uptimeMs, restarts, trouble }) {
  return [
    pid === null ? 'no process' : `process ${pid}`,
    host ? `on ${host}` : '',
    uptimeMs === null ? '' : `up ${duration(uptimeMs)}`,
    codeVersion ? `code ${codeVersion}` : '',
    restarts > 0 ? `started again ${restarts}×` : '',
    trouble ?? '',
  ]
    .filter(Boolean)
    .join(' · ');
}

function figuresOf(name, node, history) {
  const series = (key) => history.of(`${name} ${key}`);
  const { calls, served } = callsOf(node);
  // What a node has not by its role is left out.
  const has = (value) => value !== null && value !== undefined;
  return [
    {
      key: 'lag',
      title: 'Loop lag',
      value: millis(node.loopLagMs?.p99),
      note: node.loopLagMs ? `p99 · max ${millis(node.loopLagMs.max)}` : '',
      series: series('lag'),
      kind: lagKind(node),
    },
    {
      key: 'memory',
      title: 'Memory',
      value: bytes(node.memoryRss),
      note: node.heapUsed ? `heap ${bytes(node.heapUsed)}` : '',
      series: series('memory'),
    },
    { key: 'calls', title: 'Calls it makes', value: rate(calls), note: '/s', series: series('calls') },
    { key: 'served', title: 'Calls it answers', value: rate(served), note: '/s', series: series('served') },
    has(node.connections) && { key: 'connections', title: 'Clients', value: count(node.connections), series: series('connections') },
    has(node.sessions) && { key: 'sessions', title: 'Sessions', value: count(node.sessions), series: series('sessions') },
    has(node.dirtyRows) && { key: 'dirtyRows', title: 'Dirty rows', value: count(node.dirtyRows), series: series('dirtyRows') },
    { key: 'errors', title: 'Errors', value: count(node.errors), note: 'since its start', kind: node.errors ? 'bad' : undefined },
  ].filter((tile) => tile !== false);
}
