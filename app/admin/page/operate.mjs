/** The form with which an operator changes the player who was chosen. It asks first, and says what came of it. */
import { NoAnswer, post } from './api.mjs';
import { confirm } from './dialog.mjs';
import { h } from './dom.mjs';
import { OPERATIONS } from './operations.mjs';

/**
 * @typedef {import('./players.mjs').Player} Player
 * @param {{ templates: () => Promise<{ items: any[], pets: any[] }>, done: () => void }} given `done` is told when something may have changed
 */
export function operateForm({ templates, done }) {
  const title = h('h3', { tabindex: -1 });
  const choice = h('select', { id: 'operation', onchange: () => void build() });
  const inputs = h('div', { class: 'fields' });
  const outcome = h('p', { class: 'outcome', role: 'status' });
  const submit = h('button', { type: 'submit', class: 'main' }, 'Go on …');
  const first = h('div', { class: 'field' }, h('label', { for: 'operation' }, 'What'), choice);
  const form = h('form', { class: 'operate', onsubmit: ask }, h('div', { class: 'fields' }, first, inputs, submit));
  const element = h('div', { class: 'chosen', hidden: true }, title, form, outcome);
  /** @type {Player | undefined} */
  let player;

  const operation = () => OPERATIONS.find(({ name }) => name === choice.value) ?? OPERATIONS[0];

  async function build() {
    const { name, fields } = operation();
    outcome.textContent = '';
    const known = fields.some(({ from }) => from) ? await templates().catch(() => undefined) : undefined;
    if (name !== choice.value) return;
    inputs.replaceChildren(
      ...fields.map((field) =>
        h('div', { class: 'field' }, h('label', { for: `field-${field.name}` }, field.label), inputOf(field, known)),
      ),
    );
  }

  function ask(event) {
    event.preventDefault();
    if (!player) return;
    const { username } = player;
    const { name, title: what, says, danger } = operation();
    const elements = [...inputs.querySelectorAll('input, select')];
    const values = Object.fromEntries(elements.map((input) => [input.name, input.value]));
    const shown = Object.fromEntries(elements.map((input) => [input.name, input.selectedOptions?.[0]?.textContent ?? input.value]));
    const line = says(shown);
    outcome.textContent = '';
    // One for each question: who says yes again after there was no answer gets it once.
    const id = drawId();
    confirm({
      title: `${what}: ${username}?`,
      lines: [whoIs(player), line],
      verb: what,
      danger,
      run: async () => {
        await post('/opera', { username, operation: name, ...values, id }).catch(doubtful);
        outcome.textContent = `Done for ${username}: ${line}`;
        done();
      },
    });
  }

  /** A change that was sent may have been made though nobody said so. */
  function doubtful(error) {
    if (!(error instanceof NoAnswer)) throw error;
    done();
    throw new Error('There was no answer, so it may have been done. Ask again from here: it is done once.');
  }

  return {
    element,
    /** @param {Player} chosen @param {boolean} [isNew] chosen just now, so that the form begins anew */
    choose(chosen, isNew = true) {
      player = chosen;
      title.textContent = whoIs(chosen);
      if (!isNew) return;
      const possible = OPERATIONS.filter(({ needsRole }) => !needsRole || chosen.characterId > 0);
      choice.replaceChildren(...possible.map(({ name, title: text }) => h('option', { value: name }, text)));
      element.hidden = false;
      void build();
      title.focus();
    },
  };
}

/** @param {import('./operations.mjs').Field} field @param {{ items: any[], pets: any[] } | undefined} known */
function inputOf({ name, min, max, from }, known) {
  const id = `field-${name}`;
  const list = from && known?.[from];
  if (!list)
    return h('input', {
      id,
      name,
      type: 'number',
      required: true,
      min,
      max,
      step: 1,
      inputmode: 'numeric',
      value: name === 'count' ? 1 : undefined,
    });
  return h('select', { id, name, required: true }, ...list.map((one) => h('option', { value: one.id }, `${one.name} (${one.id})`)));
}

/** A page that was not loaded from this machine or over TLS has no randomUUID. */
function drawId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {Player} player */
function whoIs({ username, nickname, level, isBanned }) {
  const role = nickname === null ? 'no role yet' : `role ${nickname}, level ${level}`;
  return `${username}: ${role}${isBanned ? ', banned' : ''}`;
}
