/**
 * How a run is drawn: a colour, a kind of line and a marker, so that runs can be told apart with any
 * kind of colour vision and in grey. The colours are those of Okabe and Ito (2008), darkened on
 * light and lightened on dark ground until names in them stand out by 4.5 to 1; their vermilion is
 * left to the alarms.
 */

import { byName } from './selection.js';

/** The first ones are the farthest from each other, and neighbours are far enough. */
const COLOURS = [
  { light: '#007d5a', dark: '#23b98f' },
  { light: '#ad5285', dark: '#dc8fbb' },
  { light: '#a36600', dark: '#e6a117' },
  { light: '#005f99', dark: '#4aa8e8' },
  { light: '#4d4d4d', dark: '#d6d6d6' },
  { light: '#2f7ba9', dark: '#8fd0f7' },
  { light: '#6b5218', dark: '#c0a367' },
  { light: '#6250b0', dark: '#a79af0' },
];
const LINES = ['solid', [10, 4], [12, 3, 3, 3], [6, 3]];
const MARKERS = ['circle', 'rect', 'triangle', 'diamond', 'roundRect'];

const STYLES = new Map();

/**
 * @typedef {Object} RunStyle
 * @property {{light: string, dark: string}} colour
 * @property {'solid'|number[]} line lengths of dashes and gaps, pixels
 * @property {string} marker ECharts' name of the symbol
 */

/**
 * Gives the runs that are shown together their styles. They follow from a run's place among all
 * runs, so that they are the same on every visit. Where two of one colour are shown and another is
 * free, the later one gets that; lines differ where none is.
 * @param {string[]} all names of all runs
 * @param {string[]} shown names of the runs that are shown together
 */
export function assignStyles(all, shown) {
  const places = new Map([...new Set([...all, ...shown])].sort(byName).map((name, place) => [name, place]));
  const own = (name) => places.get(name) % COLOURS.length;
  const owned = new Set(shown.map(own));
  const free = COLOURS.map((_, index) => index).filter((index) => !owned.has(index));
  const taken = new Set();
  for (const name of [...shown].sort(byName)) {
    const index = taken.has(own(name)) && free.length > 0 ? free.shift() : own(name);
    taken.add(index);
    const round = Math.floor(places.get(name) / COLOURS.length);
    STYLES.set(name, { colour: COLOURS[index], line: LINES[round % LINES.length], marker: MARKERS[(index + round) % MARKERS.length] });
  }
}

/** The style of a run that is shown, or was until its successor's answer is there. @returns {RunStyle} */
export function styleOf(name) {
  return STYLES.get(name);
}
