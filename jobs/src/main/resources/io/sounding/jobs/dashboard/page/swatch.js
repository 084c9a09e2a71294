/** A run's colour, kind of line and marker, small, beside its name. */

import { svg } from './dom.js';
import { styleOf } from './run-styles.js';

const SHAPES = {
  circle: () => svg('circle', { cx: 14, cy: 7, r: 3.5 }),
  rect: () => svg('rect', { x: 10.5, y: 3.5, width: 7, height: 7 }),
  triangle: () => svg('path', { d: 'M14 2.5 18.5 10.5H9.5Z' }),
  diamond: () => svg('path', { d: 'M14 2 18.5 7 14 12 9.5 7Z' }),
  roundRect: () => svg('rect', { x: 10, y: 4, width: 8, height: 6, rx: 2.5 }),
};

/**
 * @param {string} run
 * @param {boolean} [provisional] hollow, as provisional points are
 * @returns {SVGElement} for the eye only: the name stands beside it
 */
export function runSwatch(run, provisional = false) {
  const { colour, line, marker } = styleOf(run);
  const ink = colour[document.documentElement.dataset.theme];
  const shape = SHAPES[marker]();
  shape.setAttribute('fill', provisional ? 'var(--surface)' : ink);
  shape.setAttribute('stroke', ink);
  shape.setAttribute('stroke-width', provisional ? 1.8 : 0);
  return svg('svg', { class: 'swatch', viewBox: '0 0 28 14', width: 28, height: 14, 'aria-hidden': 'true' },
    svg('line', {
      x1: 0, x2: 28, y1: 7, y2: 7, stroke: ink, 'stroke-width': 2,
      'stroke-dasharray': provisional ? '2 3' : line === 'solid' ? null : line.map((length) => length / 2).join(' '),
    }),
    shape);
}
