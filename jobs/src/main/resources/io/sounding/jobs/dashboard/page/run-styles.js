/**
 * How a run is drawn: a colour, a kind of line and a marker, so that runs can be told apart with any
 * kind of colour vision and in grey. The colours are those of Okabe and Ito (2008), darkened on
 * light and lightened on dark ground until they stand out by 3 to 1; their vermilion is left to the
 * alarms.
 */

const COLOURS = [
  { light: '#008a64', dark: '#23b98f' },
  { light: '#ad5285', dark: '#dc8fbb' },
  { light: '#b87400', dark: '#e6a117' },
  { light: '#0072b2', dark: '#4aa8e8' },
  { light: '#3a87b7', dark: '#8fd0f7' },
  { light: '#4d4d4d', dark: '#d6d6d6' },
  { light: '#86682a', dark: '#c0a367' },
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

/** The first colours are the farthest from each other: they go first. */
const CLEAREST = 4;

/**
 * Gives each of the runs that has no style yet one, in order of names. The colour follows from the
 * name where it is free, so that a run mostly keeps it from visit to visit; no colour is used twice
 * on one chart before all are used. A run never changes its style while the page is open.
 * @param {string[]} shown names of the runs that are shown together
 */
export function assignStyles(shown) {
  for (const name of shown) {
    if (STYLES.has(name)) continue;
    const used = COLOURS.map(() => 0);
    for (const other of shown) if (STYLES.has(other)) used[STYLES.get(other).index] += 1;
    const fewest = Math.min(...used);
    const free = COLOURS.map((_, index) => index).filter((index) => used[index] === fewest);
    const clearest = free.filter((index) => index < CLEAREST);
    const candidates = clearest.length > 0 ? clearest : free;
    const index = candidates[hash(name) % candidates.length];
    STYLES.set(name, {
      index,
      colour: COLOURS[index],
      line: LINES[fewest % LINES.length],
      marker: MARKERS[(index + fewest) % MARKERS.length],
    });
  }
}

/** Whether a run has been shown, and so has a style. */
export function hasStyle(name) {
  return STYLES.has(name);
}

/** The style of a run. @returns {RunStyle} */
export function styleOf(name) {
  if (!STYLES.has(name)) assignStyles([name]);
  return STYLES.get(name);
}

function hash(text) {
  let value = 2166136261;
  for (const unit of new TextEncoder().encode(text)) value = Math.imul(value ^ unit, 16777619) >>> 0;
  return value;
}
