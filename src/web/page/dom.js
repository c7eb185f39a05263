/**
 * Making and changing elements. Text goes in as text, never as HTML: log lines and error messages come from anywhere.
 *
 * What is on the page stays: a view makes its elements once and then changes what differs, so focus, selection and scrolling survive the next second.
 */

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

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else set(element, name, value);
  }
  for (const child of children)
    if (child !== null && child !== undefined) element.append(typeof child === 'number' ? String(child) : child);
  return element;
}

/** Sets an attribute when it differs; undefined, null and false take it away, true is the empty value. */
export function set(element, name, value) {
  if (value === undefined || value === null || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const wanted = value === true ? '' : String(value);
  if (element.getAttribute(name) !== wanted) element.setAttribute(name, wanted);
}

/** Puts text into an element that holds nothing else, when it differs. */
export function text(element, value) {
  const wanted = String(value);
  if (element.textContent !== wanted) element.textContent = wanted;
}

/**
 * Shows a list: an element for each key, made once, brought up to date each time, gone when its key is gone, in the order of the list.
 *
 * @template Item
 * @param {Element} parent holds these elements and nothing else
 * @param {Iterable<Item>} items
 * @param {(item: Item) => string} keyOf
 * @param {(item: Item) => { element: Element, update?: (item: Item) => void }} make
 */
export function keyed(parent, items, keyOf, make) {
  const before = lists.get(parent) ?? new Map();
  const wanted = new Map([...items].map((item) => [keyOf(item), item]));
  // First what goes: what stays is then moved only when the order is another.
  for (const [key, part] of before) if (!wanted.has(key)) part.element.remove();
  const now = new Map();
  let at = parent.firstElementChild;
  for (const [key, item] of wanted) {
    const part = before.get(key) ?? make(item);
    part.update?.(item);
    now.set(key, part);
    if (part.element === at) at = part.element.nextElementSibling;
    else place(parent, part.element, at);
  }
  lists.set(parent, now);
}

/** An element that is moved loses the focus, so it is given back. */
function place(parent, element, before) {
  const focused = /** @type {HTMLElement | undefined} */ (element.contains(document.activeElement) ? document.activeElement : undefined);
  parent.insertBefore(element, before);
  focused?.focus({ preventScroll: true });
}

/** @type {WeakMap<Element, Map<string, { element: Element, update?: (item: any) => void }>>} */
const lists = new WeakMap();
