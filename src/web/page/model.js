/** What the page knows: the last good answer of the master, what is wrong since, and the minutes before. */
import { callsOf, roleByConfig, roleOf, stateOf, sumsOf } from './cluster.js';
import { History } from './history.js';

/** @import { Role, Status } from './cluster.js' */

export class Model {
  /** @type {Status | undefined} */
  status;
  /** When the last good answer came; 0 when none did. */
  goodAt = 0;
  /** @type {{ since: number, error: Error & { status?: number } } | undefined} */
  problem;
  /** @type {Record<string, Role>} */
  roles = {};
  history = new History();
  /** What the master answered to the last reload from here, when it failed. @type {{ message: string, nodes: Record<string, { failures?: { file: string, line: number, message: string }[] }> } | undefined} */
  failedReload;

  /** The same of the last that succeeded, when nodes have to be restarted for a part of it. @type {{ message: string } | undefined} */
  unfinishedReload;
  /** The operation whose end was read. @type {string | number | undefined} */
  readOperation;
  /** Nodes whose config was asked for. @type {Set<string>} */
  #asked = new Set();
  /** The operator stopped the cluster from here: nobody answers then, as it should be. */
  stopAskedAt = 0;

  /**
   * A good answer came.
   *
   * @param {Status} status
   * @param {number} at
   * @returns {string[]} what is different since the last one, for people who do not see it
   */
  took(status, at) {
    const changes = this.#changes(status);
    this.goodAt = at;
    this.problem = undefined;
    // Its nodes stop before the master does: until then it answers. A master that was started since is another.
    if (this.status && this.status.cluster.startedAt !== status.cluster.startedAt) this.stopAskedAt = 0;
    this.status = status;
    const names = Object.keys(status.nodes);
    this.roles = Object.fromEntries(names.map((name) => [name, roleOf(status.nodes[name], this.roles[name])]));
    this.#remember(status, at);
    return changes;
  }

  /** @param {Error & { status?: number }} error @param {number} at */
  failed(error, at) {
    const same = this.problem && this.problem.error.status === error.status;
    this.problem = { since: same && this.problem ? this.problem.since : at, error };
  }

  /** A node that was never seen running says by its config what it is. @param {string} name @param {unknown} config */
  learned(name, config) {
    const role = this.roles[name];
    if (role && isBlank(role)) this.roles = { ...this.roles, [name]: roleByConfig(config) };
  }

  /** Nodes of which nothing is known but that they do not run; each is told once. */
  strangers() {
    const { nodes = {} } = this.status ?? {};
    const found = Object.keys(nodes).filter((name) => nodes[name].uptimeMs === null && isBlank(this.roles[name]) && !this.#asked.has(name));
    for (const name of found) this.#asked.add(name);
    return found;
  }

  #changes(status) {
    const before = this.status;
    const back = this.problem && before ? ['The master answers again.'] : [];
    if (!before) return back;
    const changed = Object.entries(status.nodes).flatMap(([name, node]) => {
      const was = before.nodes[name];
      const { word } = stateOf(node);
      const last = node.exits.at(-1);
      // One that was back within the second was away all the same.
      if (last && last.at !== was?.exits.at(-1)?.at) return [`${name} ${last.reason}; it is ${word}.`];
      return was && stateOf(was).word === word ? [] : [`${name} is ${word}.`];
    });
    return [...back, ...changed, ...this.#news(before.cluster, status.cluster)];
  }

  #news(before, { operation, build }) {
    const isNew = operation && (before.operation?.id !== operation.id || before.operation?.state !== operation.state);
    const ended = isNew && operation.state !== 'running';
    const isBroken = build?.ok === false && before.build?.ok !== false;
    return [
      ...(ended
        ? [
            `The ${operation.kind} of ${operation.nodes.join(', ')} ${operation.state === 'done' ? 'is done' : `has failed: ${operation.error}`}.`,
          ]
        : []),
      ...(isBroken ? ['The code on disk does not compile.'] : []),
    ];
  }

  #remember({ nodes }, at) {
    this.history.begin(at);
    for (const [figure, value] of Object.entries(sumsOf(nodes))) this.history.add(figure, value);
    for (const [name, node] of Object.entries(nodes)) {
      this.history.add(`${name} lag`, node.loopLagMs?.p99);
      this.history.add(`${name} memory`, node.memoryRss);
      this.history.add(`${name} connections`, node.connections);
      this.history.add(`${name} sessions`, node.sessions);
      this.history.add(`${name} dirtyRows`, node.dirtyRows);
      this.history.add(`${name} calls`, callsOf(node).calls);
      this.history.add(`${name} served`, callsOf(node).served);
    }
  }
}

function isBlank(role) {
  return !role.front && !role.root && !role.writer && role.roots.length === 0;
}
