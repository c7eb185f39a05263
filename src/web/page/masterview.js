/** The page of the master. */
import { detail } from './detail.js';
import { h } from './dom.js';

/** @param {(said: string) => void} say */
export function masterView(say) {
  const { elements, close } = detail('master', say);
  const head = h('div', { class: 'node-head' }, h('p', {}, h('a', { href: '#/' }, '‹ All nodes')), h('h1', {}, 'master'));
  return { element: h('div', { class: 'view' }, head, ...elements), update: () => {}, close };
}
