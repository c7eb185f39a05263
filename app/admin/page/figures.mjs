/** The whole game in five numbers. */
import { get } from './api.mjs';
import { h } from './dom.mjs';
import { count } from './format.mjs';

const TILES = [
  { field: 'online', title: 'Playing now' },
  { field: 'reg_cnt', title: 'Accounts' },
  { field: 'role_cnt', title: 'Roles' },
  { field: 'fu_cnt', title: 'Have paid' },
  { field: 'income', title: 'Income' },
];

/** @param {HTMLElement} parent */
export function figures(parent) {
  const values = TILES.map(({ field, title }) => {
    const value = h('dd', { id: `figure-${field}` }, count(null));
    parent.append(h('div', { class: 'tile' }, h('dt', {}, title), value));
    return { field, value };
  });
  return {
    async load() {
      const [statistics, online] = await Promise.all([get('/statistics'), get('/online')]);
      const all = { ...statistics, ...online };
      for (const { field, value } of values) value.textContent = count(all[field]);
    },
  };
}
