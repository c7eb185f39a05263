/** The cluster as a picture: nodes by tier, and the links between them with their calls a second. */
import { edgesOf, lagKind, stateOf, tiersOf } from './cluster.js';
import { h, keyed, set, svg, text } from './dom.js';
import { bytes, count, DASH, millis, rate, some } from './format.js';
import { layout } from './layout.js';
import { stateShape } from './state.js';

/**
 * @import { Role, Status } from './cluster.js'
 * @returns {{ element: HTMLElement, update: (nodes: Status['nodes'], roles: Record<string, Role>) => void, close: () => void }}
 */
export function picture() {
  const links = svg('g', { 'aria-hidden': 'true' });
  const boxes = svg('g');
  const drawing = svg('svg', { class: 'picture', role: 'group', 'aria-label': 'The cluster: nodes by tier' }, links, boxes);
  const rows = h('tbody');
  const table = h(
    'details',
    { class: 'more' },
    h('summary', {}, 'Links as a table'),
    h('div', { class: 'scroll' }, h('table', {}, head('Link', 'Calls/s', 'In flight', 'Queued'), rows)),
  );
  const room = h('div', { class: 'room' }, drawing);
  const element = h('section', { class: 'card', 'aria-label': 'Picture of the cluster' }, room, table);
  let last;
  const draw = () => {
    if (!last || room.clientWidth === 0) return;
    const [nodes, roles] = last;
    const edges = edgesOf(nodes, roles);
    const { width, height, isTall, boxes: placed, links: drawn } = layout(tiersOf(roles), edges, room.clientWidth);
    set(drawing, 'viewBox', `0 0 ${width} ${height}`);
    set(drawing, 'width', width);
    set(drawing, 'height', height);
    const busiest = Math.max(1, ...edges.map(({ perSecond }) => perSecond ?? 0));
    keyed(
      links,
      drawn.map((link) => ({ ...link, busiest })),
      ({ edge }) => `${edge.from} ${edge.to}`,
      makeLink,
    );
    keyed(
      boxes,
      placed.map((box) => ({ box, node: nodes[box.name], role: roles[box.name], links: isTall ? linksOf(box.name, edges) : '' })),
      ({ box }) => box.name,
      makeBox,
    );
    keyed(rows, edges, ({ from, to }) => `${from} ${to}`, makeLinkRow);
  };
  const resizing = new ResizeObserver(draw);
  resizing.observe(room);
  return {
    element,
    update(nodes, roles) {
      last = [nodes, roles];
      draw();
    },
    close: () => resizing.disconnect(),
  };
}

function makeBox({ box: { name } }) {
  const frame = svg('rect', { rx: 10, class: 'node-frame' });
  const title = svg('text', { class: 'node-name', x: 34, y: 27 });
  const shape = stateShape({ x: 14, y: 16 });
  const [word, lag] = [svg('tspan', { class: 'node-word' }), svg('tspan')];
  const line = svg('text', { class: 'node-state', x: 14, y: 47 }, word, lag);
  const figures = svg('text', { class: 'node-figures', x: 14, y: 67 });
  const named = svg('text', { class: 'node-figures', x: 14, y: 87 });
  const full = svg('title');
  const element = svg('a', { class: 'node', href: nodeAddress(name) }, full, frame, shape.element, title, line, figures, named);
  return {
    element,
    update({ box, node, role, links }) {
      const state = stateOf(node);
      const figure = mainFigures(node, role);
      set(element, 'transform', `translate(${box.x} ${box.y})`);
      set(element, 'data-kind', state.kind);
      set(element, 'aria-label', `${name}, ${state.word}, ${figure}${node.restarts > 0 ? `, ${some(node.restarts, 'restart')}` : ''}`);
      set(frame, 'width', box.width);
      set(frame, 'height', box.height);
      shape.update(state.kind);
      text(title, shorten(name, (box.width - 44) / 8));
      // A bar has one line for what stands below each other in a box.
      set(line, 'x', box.flat ? 160 : 14);
      set(line, 'y', box.flat ? 28 : 47);
      set(figures, 'x', box.flat ? 360 : 14);
      set(figures, 'y', box.flat ? 28 : 67);
      set(title, 'y', box.flat ? 28 : 27);
      text(word, node.restarts > 0 ? `${state.word} ↻${node.restarts}` : state.word);
      text(lag, node.loopLagMs ? ` · lag ${millis(node.loopLagMs.p99)}` : '');
      set(lag, 'data-kind', lagKind(node));
      set(lag, 'class', lagKind(node) ? 'node-word' : 'node-lag');
      text(figures, shorten(figure, (box.width - 20) / 6));
      text(named, shorten(links, (box.width - 20) / 6));
      text(full, name);
    },
  };
}

/** Each link is told by the node that dials. */
function linksOf(name, edges) {
  const own = edges.filter(({ from }) => from === name).map((edge) => `${edge.to} ${rateOf(edge)}`.trim());
  return own.length > 0 ? `to ${own.join(', ')}` : '';
}

function mainFigures(node, role) {
  if (node.uptimeMs === null && node.memoryRss === null) return node.exits.at(-1)?.reason ?? 'no answer';
  const own = [
    role.front ? `${count(node.connections)} clients` : undefined,
    role.writer ? `${count(node.dirtyRows)} dirty rows` : undefined,
    !role.front && !role.writer && typeof node.sessions === 'number' ? `${count(node.sessions)} sessions` : undefined,
  ];
  return [...own, bytes(node.memoryRss)].filter((part) => part !== undefined && part !== DASH).join(' · ');
}

function makeLink() {
  const line = svg('path', { class: 'link' });
  const label = svg('text', { class: 'link-rate' });
  return {
    element: svg('g', {}, line, label),
    /** @param {import('./layout.js').Drawn & { busiest: number }} drawn */
    update({ edge, path, label: at, busiest }) {
      set(line, 'd', path);
      set(line, 'data-lost', !edge.up && !edge.isAway);
      set(line, 'data-away', edge.isAway);
      // From a hair to a band, by the logarithm: a link with a tenth of the calls is still seen.
      set(
        line,
        'stroke-width',
        edge.perSecond ? Math.round(10 * (1.5 + 2.5 * (Math.log1p(edge.perSecond) / Math.log1p(busiest)))) / 10 : 1.5,
      );
      set(label, 'x', at?.x);
      set(label, 'y', at?.y);
      set(label, 'text-anchor', at?.anchor);
      text(label, at ? rateOf(edge) : '');
    },
  };
}

function rateOf({ up, isAway, perSecond }) {
  if (!up) return isAway ? '' : 'down';
  return perSecond === null ? '' : `${rate(perSecond)}/s`;
}

function makeLinkRow({ from, to }) {
  const [calls, inFlight, queued] = [h('td', { class: 'number' }), h('td', { class: 'number' }), h('td', { class: 'number' })];
  return {
    element: h('tr', {}, h('th', { scope: 'row' }, `${from} – ${to}`), calls, inFlight, queued),
    update(edge) {
      text(calls, edge.up ? rate(edge.perSecond) : 'down');
      text(inFlight, count(edge.inFlight));
      text(queued, bytes(edge.queuedBytes));
    },
  };
}

function head(...titles) {
  return h('thead', {}, h('tr', {}, ...titles.map((title, at) => h('th', { scope: 'col', class: at > 0 ? 'number' : undefined }, title))));
}

export function nodeAddress(name) {
  return `#/node/${encodeURIComponent(name)}`;
}

/** @param {string} hash of the address @returns {string | undefined} */
export function nodeNamed(hash) {
  const name = /^#\/node\/(.+)$/.exec(hash)?.[1];
  try {
    return name === undefined ? undefined : decodeURIComponent(name);
  } catch {
    return name;
  }
}

function shorten(value, most) {
  return value.length <= most ? value : `${value.slice(0, Math.max(1, Math.floor(most) - 1))}…`;
}
