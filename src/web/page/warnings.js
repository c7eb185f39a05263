/** What a person should know before anything else, drawn from what the page knows; the most pressing first. */
import { duration, millis, some, time } from './format.js';

/**
 * @import { Model } from './model.js'
 * @import { Operation, Status } from './cluster.js'
 * @import { Notice } from './notices.js'
 */

/** The good end of an operation is news for so long. */
const NEWS_MS = 60_000;

/**
 * @param {Model} model
 * @param {{ askForToken: () => void, changed: () => void }} page
 * @returns {Notice[]}
 */
export function warnings(model, page) {
  const { status } = model;
  const ofStatus = status
    ? [
        ...build(status),
        ...operation(model, status, page),
        ...reload(model, page),
        ...unfinished(model, page),
        ...silent(status),
        ...givenUp(status),
      ]
    : [];
  return [...problem(model, page), ...ofStatus];
}

/** @param {Model} model @returns {Notice[]} */
function problem({ problem: now, goodAt, stopAskedAt }, { askForToken }) {
  if (!now) return [];
  const key = 'problem';
  const last = goodAt === 0 ? 'No good answer yet.' : `What is below is of ${time(goodAt)}, ${duration(Date.now() - goodAt)} ago.`;
  if (now.error.status === 401) {
    const acts = [{ label: 'Enter the token', run: askForToken }];
    return [{ key, kind: 'bad', title: 'The master asks for a token.', detail: last, acts }];
  }
  if (now.error.status !== undefined) return [{ key, kind: 'bad', title: `The master refuses: ${now.error.message}.`, detail: last }];
  if (stopAskedAt > 0) {
    const title = `The cluster was stopped from here at ${time(stopAskedAt)}.`;
    return [{ key, kind: 'busy', title, detail: `${last} It is started on its machine: node startmaster.js` }];
  }
  const title = `The master at ${location.host} cannot be reached since ${time(now.since)} (${now.error.message}).`;
  return [{ key, kind: 'bad', title, detail: `${last} It is asked every second. The nodes may well go on without it.` }];
}

/** Development mode tells what does not compile. @param {Status} status @returns {Notice[]} */
function build({ cluster: { build: last } }) {
  if (!last || last.ok) return [];
  const title = `The code on disk does not compile: ${some(last.errors.length, 'error')}.`;
  const lines = last.errors.map(({ file, line, message }) => `${file}:${line} ${message}`);
  return [{ key: 'build', kind: 'bad', title, detail: 'The nodes go on with the code before.', lines }];
}

/** @param {Model} model @param {Status} status @returns {Notice[]} */
function operation(model, { cluster: { operation: last } }, { changed }) {
  if (!last || (last.state !== 'running' && (model.readOperation === last.id || isOld(last)))) return [];
  const { kind, nodes, state, step, done, total, lines, ms, error } = last;
  const what = `${kind[0].toUpperCase()}${kind.slice(1)} of ${nodes.join(', ')}`;
  const key = 'operation';
  if (state === 'running') {
    const detail = `${done} of ${total}, ${millis(ms)}`;
    return [{ key, kind: 'busy', title: `${what}: ${step}`, detail, progress: { done, total }, lines }];
  }
  const close = () => {
    model.readOperation = last.id;
    changed();
  };
  const acts = [{ label: 'Close', run: close }];
  if (state === 'failed')
    return [{ key, kind: 'bad', title: `${what} has failed: ${error ?? step}`, detail: `After ${millis(ms)}.`, lines, acts }];
  return [{ key, kind: 'ok', title: `${what} is done.`, detail: `It took ${millis(ms)}.`, lines, acts }];
}

/** @param {Operation} operation */
function isOld({ at, ms, state }) {
  return state === 'done' && Date.now() - Date.parse(at) - ms > NEWS_MS;
}

/** @param {Model} model @returns {Notice[]} */
function reload(model, { changed }) {
  const failed = model.failedReload;
  if (!failed) return [];
  const lines = Object.entries(failed.nodes).flatMap(([name, { failures = [] }]) =>
    failures.map(({ file, line, message }) => `${name}: ${file ? `${file}:${line} ` : ''}${message}`),
  );
  const close = () => {
    model.failedReload = undefined;
    changed();
  };
  return [
    { key: 'reload', kind: 'bad', title: `The reload has failed: ${failed.message}.`, lines, acts: [{ label: 'Close', run: close }] },
  ];
}

/** Nodes that run and say nothing. @param {Status} status @returns {Notice[]} */
function silent({ nodes }) {
  return Object.entries(nodes)
    .filter(([, { state }]) => state === 'not answering')
    .map(([name, { pid, trouble }]) => ({
      key: `node ${name}`,
      kind: /** @type {const} */ ('bad'),
      title: `${name} does not answer.`,
      detail: `Process ${pid} ${trouble ?? 'is silent'}. It stands still, or is cut off.`,
      acts: [open(name)],
    }));
}

/** @param {Model} model @returns {Notice[]} */
function unfinished(model, { changed }) {
  const reload = model.unfinishedReload;
  if (!reload) return [];
  const close = () => {
    model.unfinishedReload = undefined;
    changed();
  };
  return [{ key: 'unfinished reload', kind: 'busy', title: `Reloaded: ${reload.message}.`, acts: [{ label: 'Close', run: close }] }];
}

/** Nodes that do not come back by themselves. @param {Status} status @returns {Notice[]} */
function givenUp({ nodes }) {
  return Object.entries(nodes)
    .filter(([, { state }]) => state === 'failed')
    .map(([name, { exits, restarts }]) => {
      const last = exits.at(-1);
      return {
        key: `node ${name}`,
        kind: /** @type {const} */ ('bad'),
        title: `${name} was given up: it ${last?.reason ?? 'did not start'}.`,
        detail: `It was started again ${some(restarts, 'time')}. Mend the cause, then start it.`,
        lines: last?.lastLines ?? [],
        acts: [open(name)],
      };
    });
}

/** @param {string} name of a node */
function open(name) {
  const run = () => {
    location.hash = `#/node/${encodeURIComponent(name)}`;
  };
  return { label: `Open ${name}`, run };
}
