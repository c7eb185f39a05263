/** Figures with the line of their last minutes. */
import { h, keyed, set, text } from './dom.js';
import { sparkline } from './sparkline.js';

/**
 * @typedef {{ key: string, title: string, value: string, note?: string, kind?: string, series?: readonly (number | null)[] }} Tile
 * @returns {{ element: HTMLElement, update: (tiles: Tile[]) => void }}
 */
export function tiles(label) {
  const element = h('dl', { class: 'tiles', 'aria-label': label });
  return { element, update: (all) => keyed(element, all, ({ key }) => key, make) };
}

/** @param {Tile} tile */
function make({ title, series }) {
  const value = h('span', { class: 'value' });
  const note = h('span', { class: 'note' });
  const line = series ? sparkline() : undefined;
  const element = h('div', { class: 'tile' }, h('dt', {}, title), h('dd', {}, value, ' ', note), line?.element);
  return {
    element,
    update(tile) {
      text(value, tile.value);
      text(note, tile.note ?? '');
      set(element, 'data-kind', tile.kind);
      line?.update(tile.series ?? []);
    },
  };
}
