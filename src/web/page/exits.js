/** How processes ended: when, which, why, and their last lines. */
import { h, keyed, text } from './dom.js';
import { when } from './format.js';
import { nodeAddress } from './picture.js';

/** @returns {{ element: HTMLElement, update: (exits: (import('./cluster.js').Exit & { name: string })[]) => void }} */
export function exitList(title, { opensNewest = false } = {}) {
  const list = h('ul', { class: 'exits' });
  const none = h('p', { class: 'none' }, 'No process has ended.');
  return {
    element: h('section', { class: 'card' }, h('h2', {}, title), none, list),
    update(exits) {
      none.hidden = exits.length > 0;
      const shown = exits.map((exit, place) => ({ ...exit, isOpen: opensNewest && place === 0 }));
      keyed(list, shown, ({ name, at, pid }) => `${name} ${at} ${pid}`, make);
    },
  };
}

function make({ name, at, pid, reason, lastLines, code, signal, isOpen }) {
  const how = signal ?? (code === null ? '' : `exit code ${code}`);
  const line = [
    h('time', { datetime: at }, when(at)),
    ' ',
    h('a', { href: nodeAddress(name) }, name),
    ` ${reason} `,
    h('span', { class: 'note' }, [how && !reason.includes(how) ? how : '', `process ${pid}`].filter(Boolean).join(', ')),
  ];
  if (lastLines.length === 0) return { element: h('li', {}, h('p', {}, ...line)) };
  const lines = h('pre', { tabindex: 0, class: 'mono', 'aria-label': `Last lines of ${name}` });
  text(lines, lastLines.join('\n'));
  return {
    element: h('li', {}, h('p', {}, ...line), h('details', { class: 'more', open: isOpen }, h('summary', {}, 'Last lines'), lines)),
  };
}
