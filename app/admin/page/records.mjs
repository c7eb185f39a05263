/** What operators did, the newest first. */
import { get } from './api.mjs';
import { emptyRow, h } from './dom.mjs';
import { words } from './format.mjs';

const A_PAGE = 20;
const TITLES = ['When (UTC)', 'Account', 'Operation', 'With', 'From'];

/** @param {HTMLElement} parent @param {(work: () => Promise<void>) => Promise<void>} attempt */
export function records(parent, attempt) {
  const older = h('button', { type: 'button', onclick: () => turn(1) }, 'Earlier');
  const newer = h('button', { type: 'button', onclick: () => turn(-1) }, 'Later');
  const body = h('tbody');
  const head = h('tr', {}, ...TITLES.map((title) => h('th', { scope: 'col' }, title)));
  let page = 1;

  parent.append(
    h(
      'div',
      { class: 'tools' },
      h('h2', { id: 'records-title' }, 'What operators did'),
      h('span'),
      h('div', { class: 'buttons' }, older, newer),
    ),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'What operators did' },
      h('table', {}, h('thead', {}, head), body),
    ),
  );

  const turn = (step) => {
    page = Math.max(1, page + step);
    return attempt(load);
  };

  async function load() {
    const asked = page;
    const rows = await get('/operations', { index: asked });
    if (asked !== page) return;
    body.replaceChildren(...(rows.length > 0 ? rows.map(rowOf) : [emptyRow(TITLES.length, 'Nothing.')]));
    older.disabled = rows.length < A_PAGE;
    newer.disabled = page === 1;
  }

  return { load };
}

function rowOf({ madeat, username, operation, details, address }) {
  return h('tr', {}, ...[madeat, username, operation, details, address].map((value) => h('td', {}, words(String(value)))));
}
