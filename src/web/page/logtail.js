/** The log of one node as it is written: follow, pause, search, and the level it logs at. */
import { ask } from './api.js';
import { h, set, text } from './dom.js';
import { some } from './format.js';
import { repeat } from './repeat.js';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
const FIRST_LINES = 300;
const KEPT_LINES = 1_000;
const EVERY_MS = 1_000;
const ANEW = 'The node was started anew.';
/** Nearer to the end than this, the reader is at the end. */
const AT_END_PX = 24;

/**
 * @param {string} name of the node
 * @param {(said: string) => void} say
 */
export function logTail(name, say) {
  const lines = h('div', { class: 'log mono', role: 'log', 'aria-live': 'off', 'aria-label': `Log of ${name}`, tabindex: 0 });
  const state = h('span', { class: 'note' });
  const follow = h('button', { type: 'button', 'aria-pressed': 'true' }, 'Pause');
  const search = h('input', { type: 'search', placeholder: 'Only lines with …', 'aria-label': 'Show only lines with this text' });
  const level = h('select', { id: 'level' }, ...LEVELS.map((one) => h('option', {}, one)));
  let after;
  let isPaused = false;
  let pid;
  /** Its lines told that it was started anew, before its process number did. */
  let isAnew = false;
  const poll = async () => {
    if (isPaused) return;
    const since = after;
    try {
      const query = since === undefined ? { node: name, lines: FIRST_LINES } : { node: name, after: since, lines: KEPT_LINES };
      const answer = await ask('GET', '/log', query);
      // Paused or begun anew meanwhile: it is asked again when its turn comes.
      if (isPaused || after !== since) return;
      after = answer.next;
      // A node that was started anew counts from 1 again, and has sent what it has.
      const isFromStart = since !== undefined && answer.next < since;
      isAnew ||= isFromStart;
      const first = answer.lines[0]?.seq;
      const missed = since !== undefined && !isFromStart && first > since + 1 ? first - since - 1 : 0;
      const said = [isFromStart && ANEW, missed > 0 && `${some(missed, 'line')} came and went meanwhile.`].filter(Boolean);
      add([...said.map(note), ...answer.lines.map(lineOf)]);
      text(state, 'following');
    } catch (error) {
      text(state, `not now: ${error.message}`);
    }
  };
  const add = (elements) => {
    if (elements.length === 0) return;
    const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < AT_END_PX;
    for (const element of elements) element.hidden = !matches(element, search.value);
    lines.append(...elements);
    while (lines.childElementCount > KEPT_LINES) lines.firstElementChild.remove();
    if (atEnd) lines.scrollTop = lines.scrollHeight;
  };
  const beat = repeat(poll, EVERY_MS);
  follow.addEventListener('click', () => {
    isPaused = !isPaused;
    set(follow, 'aria-pressed', String(!isPaused));
    text(follow, isPaused ? 'Follow' : 'Pause');
    text(state, isPaused ? 'paused' : '');
    if (!isPaused) {
      lines.scrollTop = lines.scrollHeight;
      beat.now();
    }
  });
  search.addEventListener('input', () => {
    for (const line of lines.children) line.hidden = !matches(line, search.value);
    lines.scrollTop = lines.scrollHeight;
  });
  level.addEventListener('change', async () => {
    try {
      await ask('POST', '/log/level', { node: name, level: level.value });
      say(`${name} logs from ${level.value} on.`);
    } catch (error) {
      say(`The level of ${name} stays: ${error.message}`);
      text(state, `the level stays: ${error.message}`);
    }
  });
  return {
    element: h(
      'section',
      { class: 'card', 'aria-label': 'Log' },
      h('h2', {}, 'Log'),
      h('div', { class: 'tools' }, follow, h('label', { for: 'level' }, 'Level'), level, search, state),
      lines,
    ),
    /** @param {{ logLevel?: string, pid?: number | null }} node */
    update({ logLevel, pid: now }) {
      if (logLevel && document.activeElement !== level) level.value = logLevel;
      if (pid && now && pid !== now && !isAnew) {
        add([note(ANEW)]);
        after = undefined;
      }
      if (pid !== now) isAnew = false;
      pid = now ?? pid;
    },
    close: () => beat.end(),
  };
}

/** A line of the log is whatever somebody sent: it is text, and nothing else. */
function lineOf({ level, text: line, message, time }) {
  const element = h('p', { class: 'line', 'data-level': level, title: time });
  element.textContent = line ?? message ?? '';
  return element;
}

function note(said) {
  return h('p', { class: 'line said' }, said);
}

function matches(element, wanted) {
  return wanted === '' || element.classList.contains('said') || element.textContent.toLowerCase().includes(wanted.toLowerCase());
}
