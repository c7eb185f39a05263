/** CPU profile and heap snapshot: made by the node, fetched from the master as a download. */
import { ask, save } from './api.js';
import { confirm } from './dialog.js';
import { h, text } from './dom.js';
import { bytes } from './format.js';

const PROFILE_SECONDS = 10;
const DEADLINE_MS = 60_000;

/**
 * @param {string} name of the node
 * @param {(said: string) => void} say
 * @returns {HTMLElement}
 */
export function lookInside(name, say) {
  const told = h('p', { class: 'note', role: 'status' });
  const profile = h('button', { type: 'button' }, `CPU profile, ${PROFILE_SECONDS} s`);
  const heap = h('button', { type: 'button' }, 'Heap snapshot');
  const make = async (path, query, doing) => {
    for (const button of [profile, heap]) button.disabled = true;
    text(told, doing);
    try {
      const { file, bytes: size } = await ask('POST', path, { node: name, ...query }, DEADLINE_MS);
      text(told, `${file}, ${bytes(size)}: fetching it …`);
      try {
        await save(`/profiles/${encodeURIComponent(file)}`, file);
        text(told, `${file}, ${bytes(size)}, is with your downloads. The developer tools of a browser open it.`);
      } catch (error) {
        text(told, `${file}, ${bytes(size)}, is in data/profiles on the machine of ${name}; it could not be fetched: ${error.message}`);
      }
      say(`${file} is ready.`);
    } catch (error) {
      text(told, `It was not made: ${error.message}`);
      throw error;
    } finally {
      for (const button of [profile, heap]) button.disabled = false;
    }
  };
  profile.addEventListener('click', () => {
    // What went wrong is told already.
    make('/profile', { seconds: PROFILE_SECONDS }, `Watching ${name} for ${PROFILE_SECONDS} s …`).catch(() => undefined);
  });
  heap.addEventListener('click', () =>
    confirm({
      title: `Take a heap snapshot of ${name}?`,
      lines: [
        `${name} stands still while it is written: about a second for 50 MiB of heap, and takes as much memory again. What others ask of it waits, and fails when it takes too long.`,
        'The file holds all that is in its memory, secrets and players’ data too: keep it as you keep those.',
      ],
      verb: 'Take the snapshot',
      danger: true,
      run: () => make('/heap', {}, 'Writing …'),
    }),
  );
  return h(
    'section',
    { class: 'card', 'aria-label': 'Look inside' },
    h('h2', {}, 'Look inside'),
    h('p', { class: 'note' }, 'A profile says where the time goes, a snapshot what fills the memory.'),
    h('div', { class: 'tools' }, profile, heap),
    told,
  );
}
