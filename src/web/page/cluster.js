/**
 * What the master's `/status` says, turned into what the page shows: the role of each node, its links, the sums. Pure.
 *
 * @typedef {{ peer: string, callsPerSecond: number, servedPerSecond?: number, inFlight: number, queuedBytes: number }} Link
 * @typedef {{ at: string, pid: number, code: number | null, signal: string | null, reason: string, lastLines: string[] }} Exit
 * @typedef {{ state: string, pid: number | null, restarts: number, codeVersion: string | null, uptimeMs: number | null, memoryRss: number | null,
 *   children: string[], roots: string[], exits: Exit[], host?: string | null, draining?: boolean | null, heapUsed?: number | null,
 *   loopLagMs?: { mean: number, p99: number, max: number } | null, connections?: number | null, sessions?: number | null,
 *   dirtyRows?: number | null, links?: Link[] | null, errors?: number | null, trouble?: string | null }} NodeStatus
 * @typedef {{ id: string | number, kind: string, nodes: string[], state: 'running' | 'done' | 'failed', at: string, ms: number, step: string,
 *   done: number, total: number, lines: string[], error?: string }} Operation
 * @typedef {{ cluster: { version: string, startedAt: string, ready?: boolean, codeVersion?: string | null, operation?: Operation | null,
 *   build?: { ok: boolean, errors: { file: string, line: number, message: string }[] } | null }, nodes: Record<string, NodeStatus> }} Status
 * @typedef {{ front: boolean, root: boolean, writer: boolean, roots: string[] }} Role
 * @typedef {{ from: string, to: string, perSecond: number | null, inFlight: number, queuedBytes: number, up: boolean, isAway: boolean }} Edge
 */

/** Kinds of state: each has a colour and a shape of its own. @typedef {'ok' | 'busy' | 'off' | 'bad'} Kind */

/** States that somebody should look at. */
const BAD = ['exited', 'failed', 'not answering'];

/** How a node ended that an operator sent away. */
const DRAINED = 'was drained';

/** The state of a node in one word, and its kind. @param {NodeStatus} node @returns {{ word: string, kind: Kind }} */
export function stateOf({ state, draining, exits }) {
  if (draining && state === 'ready') return { word: 'draining', kind: 'busy' };
  if (state === 'exited' && exits.at(-1)?.reason === DRAINED) return { word: 'drained', kind: 'off' };
  if (state === 'ready') return { word: state, kind: 'ok' };
  return { word: state, kind: BAD.includes(state) ? 'bad' : 'busy' };
}

/** Beyond these, a person should look. */
const LAG_BUSY_MS = 100;
const LAG_BAD_MS = 500;

/** @param {{ loopLagMs?: { p99: number } | null }} node @returns {Kind | undefined} */
export function lagKind({ loopLagMs }) {
  if (!loopLagMs || loopLagMs.p99 < LAG_BUSY_MS) return undefined;
  return loopLagMs.p99 < LAG_BAD_MS ? 'busy' : 'bad';
}

/**
 * What a node is to the others. A node that is down says nothing, so what is known from before stands.
 *
 * @param {NodeStatus} node
 * @param {Role | undefined} before
 * @returns {Role}
 */
export function roleOf(node, before) {
  const says = node.uptimeMs !== null;
  return {
    front: isNumber(node.connections) || (before?.front ?? false),
    writer: isNumber(node.dirtyRows) || (before?.writer ?? false),
    root: node.children.length > 0 || (before?.root ?? false),
    roots: says && node.roots.length > 0 ? node.roots : (before?.roots ?? []),
  };
}

/** From the node's config, which the master knows of every node, also of one that never ran. @param {any} config @returns {Role} */
export function roleByConfig(config) {
  const roots = (config?.roots ?? []).map((root) => root?.name).filter((name) => typeof name === 'string');
  return {
    front: isNumber(config?.netPort) || isNumber(config?.wsPort),
    writer: false,
    root: isNumber(config?.rootPort),
    roots,
  };
}

/**
 * Nodes by their distance from the clients: those with client ports first, then the roots they link to, then who links to those; the writer by itself.
 *
 * @param {Record<string, Role>} roles
 * @returns {{ tiers: string[][], writer: string | undefined }}
 */
export function tiersOf(roles) {
  const names = Object.keys(roles);
  const writer = names.find((name) => roles[name].writer) ?? (names.includes('dbfront') ? 'dbfront' : undefined);
  /** @type {Map<string, number>} */
  const depths = new Map();
  const depth = (name, path = []) => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    if (path.includes(name)) return 1;
    const above = roles[name].roots.filter((root) => root !== writer && Object.hasOwn(roles, root) && !roles[root].front);
    const found = roles[name].front ? 0 : 1 + Math.max(0, ...above.map((root) => depth(root, [...path, name])));
    depths.set(name, found);
    return found;
  };
  /** @type {string[][]} */
  const tiers = [];
  for (const name of names) {
    if (name === writer) continue;
    const at = depth(name);
    tiers[at] ??= [];
    tiers[at].push(name);
  }
  return { tiers: tiers.filter((tier) => tier !== undefined), writer };
}

/**
 * Each pair of nodes that are linked, or were, once, with the calls in both directions. What one end makes the other answers, so one that says
 * nothing is not missed.
 *
 * @param {Status['nodes']} nodes
 * @param {Record<string, Role>} roles
 * @returns {Edge[]}
 */
export function edgesOf(nodes, roles) {
  const edges = [];
  for (const [name, { roots }] of Object.entries(roles)) {
    for (const root of roots) {
      if (!Object.hasOwn(nodes, root)) continue;
      const [there, back] = [linkOf(nodes, name, root), linkOf(nodes, root, name)];
      const links = [there, back].filter((link) => link !== undefined);
      const calls = [there?.callsPerSecond ?? back?.servedPerSecond, back?.callsPerSecond ?? there?.servedPerSecond];
      edges.push({
        from: name,
        to: root,
        perSecond: sum(calls),
        inFlight: links.reduce((sum, link) => sum + (link.inFlight ?? 0), 0),
        queuedBytes: links.reduce((sum, link) => sum + (link.queuedBytes ?? 0), 0),
        up: nodes[root].children.includes(name) || links.length > 0,
        // One end was sent away: that the link is down is as it should be.
        isAway: [nodes[name], nodes[root]].some((node) => stateOf(node).kind === 'off'),
      });
    }
  }
  return edges;
}

/** @param {Status['nodes']} nodes @param {string} name @param {string} peer @returns {Link | undefined} */
function linkOf(nodes, name, peer) {
  return nodes[name].links?.find((link) => link.peer === peer);
}

/** Calls a second that a node makes and answers; null when it does not say. @param {NodeStatus} node */
export function callsOf({ links, uptimeMs }) {
  if (!links || uptimeMs === null) return { calls: null, served: null };
  return { calls: sum(links.map((link) => link.callsPerSecond)) ?? 0, served: sum(links.map((link) => link.servedPerSecond)) };
}

/** The cluster in figures; null when no node says. @param {Status['nodes']} nodes */
export function sumsOf(nodes) {
  const all = Object.values(nodes);
  return {
    ready: all.filter((node) => node.state === 'ready').length,
    drained: all.filter((node) => stateOf(node).word === 'drained').length,
    total: all.length,
    clients: sum(all.map((node) => node.connections)),
    calls: sum(all.map((node) => callsOf(node).calls)),
    lag: most(all.map((node) => node.loopLagMs?.p99)),
    memory: sum(all.map((node) => node.memoryRss)),
    dirtyRows: sum(all.map((node) => node.dirtyRows)),
    restarts: sum(all.map((node) => node.restarts)),
  };
}

/** The newest ends of processes, over all nodes. @param {Status['nodes']} nodes @param {number} most */
export function exitsOf(nodes, most) {
  return Object.entries(nodes)
    .flatMap(([name, { exits }]) => exits.map((exit) => ({ name, ...exit })))
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, most);
}

function sum(values) {
  const known = values.filter(isNumber);
  return known.length > 0 ? known.reduce((total, value) => total + value, 0) : null;
}

function most(values) {
  const known = values.filter(isNumber);
  return known.length > 0 ? Math.max(...known) : null;
}

/** @param {unknown} value @returns {value is number} */
function isNumber(value) {
  return typeof value === 'number' && Number.isFinite(value);
}
