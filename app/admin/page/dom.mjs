/** Making elements. Text goes in as text, never as HTML: names come from players. */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * An element. Attributes that are undefined, null or false are left out; `on…` are listeners.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node | string | number | null | undefined)} children
 * @returns {any} the element; a caller knows which
 */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. @param {string} tag @param {Record<string, unknown>} [attributes] @param {...(Node | string)} children @returns {any} */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** What no table has a row for. @param {number} columns @param {string} said */
export function emptyRow(columns, said) {
  return h('tr', {}, h('td', { colspan: columns, class: 'quiet' }, said));
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children)
    if (child !== null && child !== undefined) element.append(typeof child === 'number' ? String(child) : child);
  return element;
}
