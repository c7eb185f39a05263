/**
 * What an operator does to the cluster: each act says first what it will do to whom, and asks.
 *
 * @import { Status } from './cluster.js'
 * @typedef {{ title: string, lines: string[], verb: string, danger?: boolean, word?: string, path: string, query?: Record<string, string> }} Act
 */
import { some } from './format.js';

/** @param {Status} status @returns {Act} */
export function reload({ nodes }) {
  return {
    title: 'Reload the code of all nodes?',
    lines: [
      `${list(Object.keys(nodes))} load their modules afresh: all of them, or none when one cannot.`,
      'Nobody is disconnected. Calls that have begun end on the old code.',
    ],
    verb: 'Reload',
    path: '/reload',
  };
}

/** @param {string} name @returns {Act} */
export function reloadNode(name) {
  return {
    title: `Reload the code of ${name}?`,
    lines: [`${name} alone loads its modules afresh, or stays as it is when it cannot. The other nodes keep the code they have.`],
    verb: `Reload ${name}`,
    path: '/reload',
    query: { node: name },
  };
}

/** @param {Status} status @returns {Act} */
export function restartAll({ nodes }) {
  return {
    title: 'Restart all nodes?',
    lines: [
      `${list(Object.keys(nodes))} restart one after another, each ready before the next begins. Requests wait meanwhile; none is lost.`,
      ...disconnects(Object.entries(nodes)),
    ],
    verb: 'Restart all',
    danger: true,
    path: '/restart',
    query: { node: 'all' },
  };
}

/** @param {Status} status @param {string} name @returns {Act} */
export function restart({ nodes }, name) {
  return {
    title: `Restart ${name}?`,
    lines: [`${name} ends in order and starts again. What others ask of it waits until it is back.`, ...disconnects([[name, nodes[name]]])],
    verb: `Restart ${name}`,
    danger: true,
    path: '/restart',
    query: { node: name },
  };
}

/** @param {Status} status @param {string} name @returns {Act} */
export function drain({ nodes }, name) {
  return {
    title: `Drain ${name}?`,
    lines: [
      `${name} gets no new work. Its sessions move to other nodes or finish, then it ends. It stays away until you start it.`,
      ...disconnects([[name, nodes[name]]]),
    ],
    verb: `Drain ${name}`,
    danger: true,
    path: '/drain',
    query: { node: name },
  };
}

/** @param {string} name @returns {Act} */
export function start(name) {
  return {
    title: `Start ${name}?`,
    lines: [`${name} is started, and kept running from then on.`],
    verb: `Start ${name}`,
    path: '/start',
    query: { node: name },
  };
}

/** @param {Status} status @returns {Act} */
export function stop({ nodes }) {
  return {
    title: 'Stop the whole cluster?',
    lines: [
      `${list(Object.keys(nodes))} stop in order, then the master itself. What is unwritten is written first.`,
      ...disconnects(Object.entries(nodes)),
      'This page cannot start it again: that is done on its machine, with node startmaster.js.',
    ],
    verb: 'Stop the cluster',
    danger: true,
    word: 'stop',
    path: '/stop',
  };
}

function disconnects(nodes) {
  const clients = nodes.reduce((sum, [, { connections }]) => sum + (connections ?? 0), 0);
  if (clients === 0) return [];
  const holders = nodes.filter(([, { connections }]) => connections > 0).map(([name]) => name);
  return [`${some(clients, 'client')} of ${list(holders)} will be disconnected.`];
}

function list(names) {
  if (names.length <= 1) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
