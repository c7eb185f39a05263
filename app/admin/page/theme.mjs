/** Light, dark, or as the system has it. */

const KEY = 'game-admin-theme';
const THEMES = [
  { name: 'auto', shown: '◐', said: 'as the system' },
  { name: 'light', shown: '☀', said: 'light' },
  { name: 'dark', shown: '☾', said: 'dark' },
];

/** @param {HTMLElement} button */
export function themeSwitch(button) {
  let at = Math.max(
    0,
    THEMES.findIndex(({ name }) => name === localStorage.getItem(KEY)),
  );
  const show = () => {
    const { name, shown, said } = THEMES[at] ?? { name: 'auto', shown: '', said: '' };
    document.documentElement.dataset.theme = name;
    button.textContent = shown;
    button.setAttribute('aria-label', `Colours: ${said}`);
    button.title = `Colours: ${said}`;
    return name;
  };
  button.addEventListener('click', () => {
    at = (at + 1) % THEMES.length;
    localStorage.setItem(KEY, show());
  });
  show();
}
