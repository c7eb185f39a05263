/** Questions before something happens: a real dialog that holds the focus, ends with Escape, and gives the focus back. */
import { h } from './dom.mjs';

/**
 * Asks, and does it when the answer is yes. Stays open while it is done, and says what went wrong.
 *
 * @param {{ title: string, lines: string[], verb: string, danger?: boolean, run: () => Promise<void> }} question
 */
export function confirm({ title, lines, verb, danger = false, run }) {
  const cancel = h('button', { type: 'button', autofocus: true, onclick: () => dialog.close() }, 'Cancel');
  const yes = h('button', { type: 'submit', class: danger ? 'danger' : 'main' }, verb);
  const dialog = open(
    title,
    lines.map((line) => h('p', {}, line)),
    [cancel, yes],
    run,
  );
}

/** Asks for the token. @param {(token: string) => Promise<void>} use @returns {HTMLDialogElement} */
export function askToken(use) {
  const field = h('input', { type: 'password', id: 'token', autocomplete: 'off', required: true });
  const inside = [
    h('p', {}, 'It is master.token in the config of the cluster, and kept here for this tab only.'),
    h('p', {}, h('label', { for: 'token' }, 'Token'), field),
  ];
  const buttons = [
    h('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'),
    h('button', { type: 'submit', class: 'main' }, 'Show the game'),
  ];
  const dialog = open('This game asks for a token', inside, buttons, () => use(field.value.trim()));
  field.focus();
  return dialog;
}

function open(title, inside, buttons, submit) {
  const wrong = h('p', { class: 'wrong', role: 'alert' });
  const row = h('div', { class: 'buttons' }, ...buttons);
  const form = h('form', { method: 'dialog' }, h('h2', { id: 'question' }, title), ...inside, wrong, row);
  const dialog = h('dialog', { 'aria-labelledby': 'question' }, form);
  let isBusy = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    for (const button of buttons) button.disabled = true;
    wrong.textContent = '';
    try {
      await submit();
      dialog.close();
    } catch (error) {
      wrong.textContent = error.message;
      for (const button of buttons) button.disabled = false;
      buttons.at(-1)?.focus();
    } finally {
      isBusy = false;
    }
  });
  // What has begun is seen to its end.
  dialog.addEventListener('cancel', (event) => isBusy && event.preventDefault());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
