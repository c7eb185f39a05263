/** Light, dark, or as the system has it. */
import { set, text } from './dom.js';

const KEY = 'firefly-theme';
const THEMES = [
  { name: 'auto', shown: '◐', said: 'as the system' },
  { name: 'light', shown: '☀', said: 'light' },
  { name: 'dark', shown: '☾', said: 'dark' },
];

/** @param {HTMLButtonElement} button */
export function themeSwitch(button) {
  let at = Math.max(
    0,
    THEMES.findIndex(({ name }) => name === localStorage.getItem(KEY)),
  );
  const show = () => {
    const { name, shown, said } = THEMES[at];
    set(document.documentElement, 'data-theme', name);
    text(button, shown);
    set(button, 'aria-label', `Colours: ${said}`);
    set(button, 'title', `Colours: ${said}`);
  };
  button.addEventListener('click', () => {
    at = (at + 1) % THEMES.length;
    localStorage.setItem(KEY, THEMES[at].name);
    show();
  });
  show();
}
