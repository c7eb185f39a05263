/** The page of the master: it runs no game, so its log is what there is to see. */
import { h } from './dom.js';
import { logTail } from './logtail.js';

/** @param {(said: string) => void} say */
export function masterView(say) {
  const log = logTail('master', say);
  const head = h('div', { class: 'node-head' }, h('p', {}, h('a', { href: '#/' }, '‹ All nodes')), h('h1', {}, 'master'));
  return { element: h('div', { class: 'view' }, head, log.element), update: () => {}, close: log.close };
}
