/** Questions before something happens: a real dialog that holds the focus, ends with Escape, and gives the focus back. */
import { h, text } from './dom.js';

/**
 * Asks, and does it when the answer is yes. Stays open while it is done, and says what went wrong.
 *
 * @param {object} question
 * @param {string} question.title
 * @param {string[]} question.lines what will happen, for whom
 * @param {string} question.verb on the button
 * @param {boolean} [question.danger]
 * @param {string} [question.word] must be typed first
 * @param {() => Promise<void>} question.run
 */
export function confirm({ title, lines, verb, danger = false, word, run }) {
  const typed =
    word === undefined ? null : h('input', { type: 'text', id: 'word', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' });
  const yes = h('button', { type: 'submit', class: danger ? 'danger' : 'main' }, verb);
  const dialog = open({
    title,
    inside: [
      ...lines.map((line) => h('p', {}, line)),
      typed && h('p', {}, h('label', { for: 'word' }, 'Type ', h('b', {}, word), ' to go on'), typed),
    ],
    buttons: [h('button', { type: 'button', autofocus: !typed, onclick: () => dialog.close() }, 'Cancel'), yes],
    submit: run,
  });
  if (!typed) return;
  const check = () => {
    yes.disabled = typed.value.trim() !== word;
  };
  typed.addEventListener('input', check);
  check();
  typed.focus();
}

/** Asks for the token. @param {(token: string) => Promise<void>} use @returns {HTMLDialogElement} */
export function askToken(use) {
  const field = h('input', { type: 'password', id: 'token', autocomplete: 'off', required: true });
  const dialog = open({
    title: 'This cluster asks for a token',
    inside: [
      h('p', {}, 'It is master.token in the config of the cluster, and kept here for this tab only.'),
      h('p', {}, h('label', { for: 'token' }, 'Token'), field),
    ],
    buttons: [
      h('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'),
      h('button', { type: 'submit', class: 'main' }, 'Show the cluster'),
    ],
    submit: () => use(field.value.trim()),
  });
  field.focus();
  return dialog;
}

function open({ title, inside, buttons, submit }) {
  const wrong = h('p', { class: 'wrong', role: 'alert' });
  const form = h(
    'form',
    { method: 'dialog' },
    h('h2', { id: 'question' }, title),
    h('div', { class: 'lines' }, ...inside),
    wrong,
    h('div', { class: 'buttons' }, ...buttons),
  );
  const dialog = h('dialog', { 'aria-labelledby': 'question' }, form);
  let isBusy = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    const waiting = [...form.querySelectorAll('button')];
    for (const button of waiting) button.disabled = true;
    text(wrong, '');
    try {
      await submit();
      dialog.close();
    } catch (error) {
      text(wrong, error instanceof Error ? error.message : String(error));
      for (const button of waiting) button.disabled = false;
      waiting.at(-1)?.focus();
    } finally {
      isBusy = false;
    }
  });
  // What has begun is seen to its end.
  dialog.addEventListener('cancel', (event) => isBusy && event.preventDefault());
  dialog.addEventListener('close', () => {
    dialog.remove();
    // The button that asked may be gone or locked by what it began.
    if (document.activeElement === document.body) document.getElementById('content')?.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
