/** What is said about a step when the pointer or the keyboard is on it. */

import { element } from './dom.js';
import { number, percent, whole } from './format.js';
import { runSwatch } from './swatch.js';

const MOST_ROWS = 14;

/**
 * @param {Object} plot model and scales of the chart
 * @param {number} step
 * @returns {HTMLElement}
 */
export function tooltipAt(plot, step) {
  const { model } = plot;
  const at = model.curves
    .map((curve) => ({ curve, point: curve.byStep.get(step) }))
    .filter(({ point }) => point !== undefined && point.value !== null)
    .sort((a, b) => b.point.value - a.point.value);
  const marks = model.marks.filter((mark) => mark.point.step === step);
  return element('div', { class: 'tip' },
    element('p', { class: 'tip-step' }, `Step ${whole(step)} `),
    ...at.slice(0, MOST_ROWS).map(({ curve, point }) => row(curve, point)),
    at.length > MOST_ROWS ? element('p', { class: 'faint' }, `and ${at.length - MOST_ROWS} more `) : null,
    ...(plot.loss ? model.losses.map((losses) => lossRow(losses, step)) : []),
    ...marks.flatMap((mark) => mark.alarms).map((alarm) =>
      element('p', { class: alarm.state === 'RAISED' ? 'tip-alarm' : 'tip-alarm cleared' },
        `${alarm.state === 'RAISED' ? 'Alarm' : 'Cleared'}, ${alarm.run}: ${alarm.reason} `)));
}

function row(curve, point) {
  const interval = point.low === null ? '' : ` ${number(point.low)} to ${number(point.high)}`;
  return element('p', { class: 'tip-row' },
    runSwatch(curve.run, !point.final),
    element('span', { class: 'tip-name' }, `${curve.label} `),
    element('strong', {}, `${number(point.value)} `),
    element('span', { class: 'faint' }, `${interval}${point.final ? '' : `${interval ? ', ' : ' '}provisional, ${percent(point.progress)} of the audio`} `));
}

function lossRow(losses, step) {
  const i = losses.steps.indexOf(step);
  if (i < 0) return null;
  return element('p', { class: 'tip-row' },
    element('span', { class: 'swatch' }), element('span', { class: 'tip-name faint' }, `training loss, ${losses.run} `),
    element('strong', {}, losses.values[i] === null ? 'not finite ' : `${number(losses.values[i])} `));
}
