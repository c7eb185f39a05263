/** The page of one node: what it does, what went wrong in it, what it says, and a look inside. */
import * as acts from './actions.js';
import { ask, save } from './api.js';
import { lagKind, stateOf } from './cluster.js';
import { configTable } from './configtable.js';
import { confirm } from './dialog.js';
import { h, set, text } from './dom.js';
import { errorList } from './errors.js';
import { exitList } from './exits.js';
import { bytes, count, duration, millis, rate } from './format.js';
import { handlerTable } from './handlers.js';
import { logTail } from './logtail.js';
import { repeat } from './repeat.js';
import { stateMark } from './state.js';
import { tiles } from './tiles.js';

const EVERY_MS = 2_000;
const PROFILE_SECONDS = 10;

/**
 * @param {string} name
 * @param {{ operate: (act: acts.Act) => void, say: (said: string) => void, model: import('./model.js').Model }} page
 */
export function nodeView(name, { operate, say, model }) {
  const state = stateMark();
  const where = h('p', { class: 'note' });
  const [figures, handlers, errors, config] = [tiles(`${name} in figures`), handlerTable(), errorList(), configTable()];
  const exits = exitList('How it ended before');
  const log = logTail(name, say);
  const wrong = h('p', { class: 'wrong', role: 'status' });
  const button = (label, act) => h('button', { type: 'button', onclick: act }, label);
  const ofStatus = (make) => () => model.status?.nodes[name] && operate(make(model.status, name));
  const [reload, restart, drain, start] = [
    button('Reload', () => operate(acts.reloadNode(name))),
    button('Restart', ofStatus(acts.restart)),
    button('Drain', ofStatus(acts.drain)),
    button('Start', () => operate(acts.start(name))),
  ];
  const inside = lookInside(name, say);
  const beat = repeat(async () => {
    try {
      const detail = await ask('GET', '/node', { name });
      handlers.update(detail.handlers ?? []);
      errors.update(detail.errors ?? []);
      config.update(detail.config);
      log.update({ logLevel: detail.logLevel, pid: detail.status?.pid });
      text(wrong, '');
    } catch (error) {
      // That the master does not answer is said above already.
      text(wrong, error.status ? `The details are not to be had: ${error.message}` : '');
    }
  }, EVERY_MS);
  return {
    element: h(
      'div',
      { class: 'view' },
      h(
        'div',
        { class: 'node-head' },
        h('p', {}, h('a', { href: '#/' }, '‹ All nodes')),
        h('h1', {}, name),
        state.element,
        h('div', { class: 'acts', role: 'group', 'aria-label': `Acts on ${name}` }, reload, restart, drain, start),
      ),
      where,
      wrong,
      figures.element,
      log.element,
      handlers.element,
      errors.element,
      exits.element,
      inside,
      config.element,
    ),
    update({ status, history }) {
      const node = status?.nodes[name];
      if (!node) return;
      const isRunning = node.pid !== null && node.state !== 'exited' && node.state !== 'failed';
      const busy = status.cluster.operation?.state === 'running';
      state.update(stateOf(node));
      text(where, whereabouts(node));
      figures.update(figuresOf(name, node, history));
      exits.update(node.exits.map((exit) => ({ name, ...exit })).reverse());
      for (const one of [reload, restart, drain]) one.hidden = !isRunning;
      start.hidden = isRunning;
      for (const one of [restart, drain, start]) set(one, 'disabled', busy);
    },
    close() {
      beat.end();
      log.close();
    },
  };
}

function whereabouts({ pid, host, codeVersion, uptimeMs, restarts }) {
  return [
    pid === null ? 'no process' : `process ${pid}`,
    host ? `on ${host}` : '',
    uptimeMs === null ? '' : `up ${duration(uptimeMs)}`,
    codeVersion ? `code ${codeVersion}` : '',
    restarts > 0 ? `started again ${restarts}×` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

function figuresOf(name, node, history) {
  const series = (key) => history.of(`${name} ${key}`);
  const calls = node.links ? node.links.reduce((sum, link) => sum + link.callsPerSecond, 0) : null;
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
    has(node.connections) && { key: 'connections', title: 'Clients', value: count(node.connections), series: series('connections') },
    has(node.sessions) && { key: 'sessions', title: 'Sessions', value: count(node.sessions), series: series('sessions') },
    has(node.dirtyRows) && { key: 'dirtyRows', title: 'Dirty rows', value: count(node.dirtyRows), series: series('dirtyRows') },
    { key: 'errors', title: 'Errors', value: count(node.errors), note: 'since its start', kind: node.errors ? 'bad' : undefined },
  ].filter((tile) => tile !== false);
}

/** Profile and heap snapshot: made by the node, fetched from the master. */
function lookInside(name, say) {
  const told = h('p', { class: 'note', role: 'status' });
  const profile = h('button', { type: 'button' }, `CPU profile, ${PROFILE_SECONDS} s`);
  const heap = h('button', { type: 'button' }, 'Heap snapshot');
  const make = async (path, query, doing) => {
    for (const button of [profile, heap]) button.disabled = true;
    text(told, doing);
    try {
      const made = await ask('POST', path, { node: name, ...query }, 120_000);
      const file = made.file.split('/').at(-1);
      text(
        told,
        `${file}, ${bytes(made.bytes)}: it is in the profiles folder of ${name}’s data, and comes as a download when that is the master’s machine.`,
      );
      await save(`/profiles/${encodeURIComponent(file)}`, file);
      text(told, `${file}, ${bytes(made.bytes)}, is with your downloads. Open it in the developer tools of a browser.`);
      say(`${file} is ready.`);
    } finally {
      for (const button of [profile, heap]) button.disabled = false;
    }
  };
  profile.addEventListener('click', () =>
    make('/profile', { seconds: PROFILE_SECONDS }, `Recording for ${PROFILE_SECONDS} s …`).catch((error) =>
      text(told, `No profile: ${error.message}`),
    ),
  );
  heap.addEventListener('click', () =>
    confirm({
      title: `Take a heap snapshot of ${name}?`,
      lines: [
        `${name} stands still while it is written: about a second for 50 MiB of heap. What is asked of it waits.`,
        'The file holds what is in its memory, players’ data too: keep it as you keep those.',
      ],
      verb: 'Take the snapshot',
      danger: true,
      run: () => make('/heap', {}, 'Writing …'),
    }),
  );
  return h(
    'section',
    { class: 'card', 'aria-label': 'Look inside' },
    h('h2', {}, 'Look inside'),
    h('p', { class: 'note' }, 'A profile says where the time goes; a snapshot says what fills the memory.'),
    h('div', { class: 'tools' }, profile, heap),
    told,
  );
}
