/** The strip under the title: what is wrong, what is under way, how it ended. The most pressing stands first. */
import { h, keyed, set, text } from './dom.js';

/**
 * @typedef {{ key: string, kind: 'bad' | 'busy' | 'ok', title: string, detail?: string, lines?: string[], progress?: { done: number, total: number },
 *   acts?: { label: string, run: () => void }[] }} Notice
 */

/** @param {Element} parent @param {Notice[]} notices */
export function showNotices(parent, notices) {
  keyed(parent, notices, ({ key }) => key, make);
}

function make() {
  const title = h('b', {});
  const detail = h('span', { class: 'detail' });
  const progress = h('progress', { 'aria-label': 'Done so far' });
  const lines = h('ol', { class: 'lines mono' });
  const more = h('details', { class: 'more' }, h('summary', {}, 'Details'), lines);
  const acts = h('span', { class: 'buttons' });
  const element = h('section', { class: 'notice' }, h('p', {}, title, ' ', detail), acts, progress, more);
  return {
    element,
    /** @param {Notice} notice */
    update(notice) {
      set(element, 'data-kind', notice.kind);
      set(element, 'aria-label', notice.title);
      text(title, notice.title);
      text(detail, notice.detail ?? '');
      progress.hidden = !notice.progress;
      if (notice.progress) {
        set(progress, 'max', Math.max(1, notice.progress.total));
        set(progress, 'value', notice.progress.done);
      }
      more.hidden = !notice.lines?.length;
      if (notice.kind === 'bad' && notice.lines?.length && !more.dataset.opened) {
        more.dataset.opened = 'once';
        more.open = true;
      }
      keyed(
        lines,
        (notice.lines ?? []).map((line, at) => ({ line, at })),
        ({ line, at }) => `${at} ${line}`,
        ({ line }) => ({ element: h('li', {}, line) }),
      );
      keyed(acts, notice.acts ?? [], ({ label }) => label, makeAct);
    },
  };
}

function makeAct({ label }) {
  let act = () => {};
  return {
    element: h('button', { type: 'button', onclick: () => act() }, label),
    update({ run }) {
      act = run;
    },
  };
}
