/** Players, found by the beginning of a name, and what is done to the one who is chosen. */
import { get } from './api.mjs';
import { emptyRow, h } from './dom.mjs';
import { count, words } from './format.mjs';
import { operateForm } from './operate.mjs';

/**
 * @typedef {{ username: string, isBanned: boolean, lastonline: string | null, characterId: number, nickname: string | null, level: number | null,
 *   coin: number | null, gold: number | null }} Player
 */

/** As many as the node shows. */
const MOST = 20;

/** @param {HTMLElement} parent @param {{ attempt: (work: () => Promise<void>) => Promise<void>, changed: () => void }} given */
export function players(parent, { attempt, changed }) {
  const name = h('input', { id: 'name', type: 'search', required: true, maxlength: 255, autocomplete: 'off', spellcheck: 'false' });
  const said = h('p', { class: 'quiet', role: 'status' });
  const body = h('tbody');
  const titles = ['Account', 'Role', 'Level', 'Coins', 'Gold', 'Last login (UTC)', 'State'];
  const head = h('tr', {}, ...titles.map((title, at) => h('th', { scope: 'col', class: isNumber(at) ? 'number' : undefined }, title)));
  const table = h('div', { class: 'scroll', hidden: true }, h('table', { class: 'players' }, h('thead', {}, head), body));
  let templates;
  let asked = '';
  let chosen = '';

  const form = operateForm({
    templates: () => {
      templates ??= get('/templates').catch((error) => {
        templates = undefined;
        throw error;
      });
      return templates;
    },
    done: () => {
      void attempt(load);
      changed();
    },
  });

  async function load() {
    const wanted = asked;
    /** @type {Player[]} */
    const found = await get('/players', { name: wanted });
    if (wanted !== asked) return;
    body.replaceChildren(...(found.length > 0 ? found.map(rowOf) : [emptyRow(titles.length, 'Nobody.')]));
    table.hidden = false;
    said.textContent = found.length < MOST ? `${found.length} found` : `The first ${MOST}: write more of the name`;
    const again = found.find(({ username }) => username === chosen);
    if (again) form.choose(again, false);
  }

  function rowOf(player) {
    const choose = () => {
      chosen = player.username;
      form.choose(player);
    };
    const button = h(
      'button',
      { type: 'button', class: 'name', 'aria-label': `Choose ${player.username}`, onclick: choose },
      player.username,
    );
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, button),
      h('td', {}, words(player.nickname)),
      h('td', { class: 'number' }, count(player.level)),
      h('td', { class: 'number' }, count(player.coin)),
      h('td', { class: 'number' }, count(player.gold)),
      h('td', {}, words(player.lastonline)),
      h('td', { class: player.isBanned ? 'bad' : undefined }, player.isBanned ? 'banned' : 'may log in'),
    );
  }

  const search = (event) => {
    event.preventDefault();
    asked = name.value;
    return attempt(load);
  };
  const label = h('label', { for: 'name' }, 'Name of the account or the role, or how it begins');
  parent.append(
    h('h2', { id: 'players-title' }, 'Players'),
    h(
      'form',
      { role: 'search', onsubmit: search },
      label,
      h('div', { class: 'tools' }, name, h('button', { type: 'submit' }, 'Find'), said),
    ),
    table,
    form.element,
  );
}

const isNumber = (at) => at >= 2 && at <= 4;
