/** The last errors of a node, the newest first, each with its stack. */
import { h, keyed, text } from './dom.js';
import { when } from './format.js';

export function errorList() {
  const list = h('ul', { class: 'exits' });
  const none = h('p', { class: 'none' }, 'None since it started.');
  return {
    element: h('section', { class: 'card', 'aria-label': 'Last errors' }, h('h2', {}, 'Last errors'), none, list),
    /** @param {{ at: string, level: string, message: string, stack?: string }[]} errors */
    update(errors) {
      none.hidden = errors.length > 0;
      const keys = new Map();
      const numbered = errors.map((error) => {
        const key = `${error.at} ${error.message}`;
        keys.set(key, (keys.get(key) ?? 0) + 1);
        return { error, key: `${key} ${keys.get(key)}` };
      });
      keyed(list, numbered.reverse(), ({ key }) => key, make);
    },
  };
}

/** @param {{ error: { at: string, level: string, message: string, stack?: string }, key: string }} numbered */
function make({ error: { at, level, message, stack } }) {
  const line = h(
    'p',
    {},
    h('time', { datetime: at }, when(at)),
    ' ',
    level === 'error' ? null : h('b', {}, `${level} `),
    h('span', { class: 'said' }, message),
  );
  if (!stack) return { element: h('li', {}, line) };
  const trace = h('pre', { tabindex: 0, class: 'mono', 'aria-label': 'Stack' });
  text(trace, stack);
  return { element: h('li', {}, line, h('details', { class: 'more' }, h('summary', {}, 'Stack'), trace)) };
}
