/** A node's config, key by key, as the master handed it over. Secrets are hidden by the master. */
import { h, keyed, text } from './dom.js';

export function configTable() {
  const body = h('tbody');
  return {
    element: h(
      'section',
      { class: 'card', 'aria-label': 'Config' },
      h(
        'details',
        { class: 'more' },
        h('summary', {}, h('h2', {}, 'Config')),
        h('div', { class: 'scroll' }, h('table', { class: 'config' }, body)),
      ),
    ),
    /** @param {unknown} config */
    update(config) {
      keyed(body, flat(config), ({ key }) => key, makeRow);
    },
  };
}

function makeRow({ key }) {
  const value = h('td', { class: 'mono' });
  return { element: h('tr', {}, h('th', { scope: 'row' }, key), value), update: (row) => text(value, row.value) };
}

/** `{ a: { b: 1 } }` is `a.b` = 1. @param {unknown} value @returns {{ key: string, value: string }[]} */
export function flat(value, key = '') {
  const isParent = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (!isParent) return key === '' ? [] : [{ key, value: typeof value === 'string' ? value : JSON.stringify(value) }];
  return Object.entries(value).flatMap(([name, inner]) =>
    flat(inner, key === '' ? name : Array.isArray(value) ? `${key}[${name}]` : `${key}.${name}`),
  );
}
