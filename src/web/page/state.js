/** A state as colour, shape and word: none of the three is needed to know it. */
import { h, set, svg, text } from './dom.js';

/** Filled, half, hollow, crossed. */
const SHAPES = {
  ok: 'M6 1a5 5 0 1 0 0 10A5 5 0 1 0 6 1Z',
  busy: 'M6 1a5 5 0 1 0 0 10A5 5 0 1 0 6 1ZM6 2.6a3.4 3.4 0 0 1 0 6.8Z',
  off: 'M6 1a5 5 0 1 0 0 10A5 5 0 1 0 6 1ZM6 2.6a3.4 3.4 0 1 1 0 6.8 3.4 3.4 0 1 1 0-6.8Z',
  bad: 'M6 .6 11.4 6 6 11.4.6 6ZM5.2 3.2v3.4h1.6V3.2ZM5.2 7.4V9h1.6V7.4Z',
};

/** @returns {{ element: SVGElement, update: (kind: string) => void }} */
export function stateShape(attributes = {}) {
  const path = svg('path', { 'fill-rule': 'evenodd' });
  const element = svg('svg', { class: 'shape', viewBox: '0 0 12 12', width: 12, height: 12, 'aria-hidden': 'true', ...attributes }, path);
  return {
    element,
    update(kind) {
      set(path, 'd', SHAPES[kind] ?? SHAPES.busy);
      set(element, 'data-kind', kind);
    },
  };
}

/** @returns {{ element: HTMLElement, update: (state: { word: string, kind: string }) => void }} */
export function stateMark() {
  const shape = stateShape();
  const word = h('span');
  const element = h('span', { class: 'state' }, shape.element, word);
  return {
    element,
    update(state) {
      shape.update(state.kind);
      text(word, state.word);
      set(element, 'data-kind', state.kind);
    },
  };
}
