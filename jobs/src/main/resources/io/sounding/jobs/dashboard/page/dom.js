/**
 * Building elements. Text that comes from Kafka enters the page through here only: children that
 * are strings become text nodes, never markup.
 */

import { ago } from './format.js';

const AGES_APART_MS = 10000;
const SVG = 'http://www.w3.org/2000/svg';

/**
 * A new HTML element.
 * @param {string} tag its name
 * @param {Object<string, *>} [attributes] attributes by name; a function under `onclick` and the
 *     like becomes a listener; true is an attribute without value; null and false are left out
 * @param {...(Node|string|number|null)} children nodes and texts; null is left out
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/**
 * A new SVG element, with the same arguments.
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** The element of the page with that id. */
export function byId(id) {
  return document.getElementById(id);
}

/**
 * Builds the children of an element anew, but only where what they show has changed: what has the
 * focus or is selected stays so.
 * @param {Element} parent
 * @param {*} shown what is shown, compared as JSON
 * @param {function(): Array<Node|string>} build makes the children
 */
export function showIn(parent, shown, build) {
  const key = JSON.stringify(shown);
  if (SHOWN.get(parent) === key) return;
  SHOWN.set(parent, key);
  parent.replaceChildren(...build());
}

const SHOWN = new WeakMap();

/** How long ago a moment was, in words that are kept true. @param {string} moment ISO 8601 */
export function age(moment) {
  return element('time', { datetime: moment, title: moment }, ago(moment));
}

/** Keeps the words of all ages on the page true. */
export function keepAges() {
  setInterval(() => {
    for (const time of document.querySelectorAll('time')) time.textContent = ago(time.dateTime);
  }, AGES_APART_MS);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null).map((child) => (child instanceof Node ? child : String(child))));
  return node;
}
