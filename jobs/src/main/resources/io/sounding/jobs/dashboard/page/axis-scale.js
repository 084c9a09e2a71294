/**
 * Axes, linear or logarithmic, with their ticks. The chart itself always has linear axes: on a
 * logarithmic one it gets powers of ten. So step 0, which has no logarithm, gets a place of its own
 * left of the first positive step.
 */

/** Decades between step 0 and the first positive step on a logarithmic axis. */
const ZERO_GAP = 0.4;

/** Values that differ by no more of themselves are drawn as equal: what is left between them is rounding. */
const SAME = 1e-10;

/** Digits of a tick. */
const TICK_DIGITS = 12;

/**
 * @typedef {Object} Scale
 * @property {'linear'|'log'} kind
 * @property {function(number): ?number} forward value to place on the axis; null: it has none
 * @property {function(number): number} inverse place to value
 * @property {function(number, number, number): number[]} ticks places between two places, about so many
 */

/**
 * The axis of training steps.
 * @param {'linear'|'log'} kind
 * @param {number[]} steps all that are drawn
 * @returns {Scale}
 */
export function stepScale(kind, steps) {
  if (kind === 'linear') return linearScale(1);
  const first = steps.reduce((least, step) => (step > 0 && step < least ? step : least), Infinity);
  const zero = (Number.isFinite(first) ? Math.log10(first) : 0) - ZERO_GAP;
  const hasZero = steps.includes(0);
  return {
    kind,
    forward: (step) => (step > 0 ? Math.log10(step) : zero),
    inverse: (place) => (place < zero + ZERO_GAP / 2 ? 0 : 10 ** place),
    ticks: (from, to, count) => {
      const ticks = logTicks(Math.max(from, hasZero ? zero + ZERO_GAP / 2 : from), to, count).filter((place) => 10 ** place >= 1);
      return hasZero && from <= zero && zero <= to ? [zero, ...ticks] : ticks;
    },
  };
}

/**
 * The axis of values. A logarithmic one has no place for 0 and below.
 * @param {'linear'|'log'} kind
 * @returns {Scale}
 */
export function valueScale(kind) {
  if (kind === 'linear') return linearScale(0);
  return {
    kind,
    forward: (value) => (value > 0 ? Math.log10(value) : null),
    inverse: (place) => 10 ** place,
    ticks: logTicks,
  };
}

/**
 * The window of an axis of values around what is drawn: ending at round numbers, from 0 on where
 * that wastes little of it.
 * @param {Scale} scale
 * @param {number} least lowest place drawn
 * @param {number} most highest
 * @returns {[number, number]}
 */
export function roundWindow(scale, least, most) {
  if (!(least <= most)) return [0, 1];
  if (scale.kind === 'log') {
    const margin = Math.max(0.05, (most - least) * 0.06);
    return [least - margin, most + margin];
  }
  if (most - least <= SAME * Math.max(Math.abs(least), Math.abs(most))) return least === 0 ? [-1, 1] : [Math.min(0, least * 1.2), Math.max(0, most * 1.2)];
  const low = least > 0 && least < 0.6 * most ? 0 : least;
  const step = roundStep((most - low) / 5);
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(most / step - 1e-9) * step];
}

/**
 * Whether steps are better seen on a logarithmic axis: half of the checkpoints lie in the first fifth
 * of training.
 * @param {number[][]} stepsOfRuns
 * @param {boolean} isLog the axis now; it does not jump to and fro while checkpoints come in
 */
export function logarithmicSteps(stepsOfRuns, isLog) {
  const steps = stepsOfRuns.flat().sort((a, b) => a - b);
  if (new Set(steps).size < 4) return isLog;
  const middle = steps[Math.floor(steps.length / 2)] / steps[steps.length - 1];
  return middle < (isLog ? 0.35 : 0.2);
}

function linearScale(smallestStep) {
  return {
    kind: 'linear',
    forward: (value) => value,
    inverse: (place) => place,
    ticks: (from, to, count) => linearTicks(from, to, count, smallestStep),
  };
}

function linearTicks(from, to, count, smallestStep) {
  const step = Math.max(smallestStep, roundStep((to - from) / count));
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  if (!(Math.max(Math.abs(first), Math.abs(last)) < 10 ** TICK_DIGITS)) return []; // one could not be told from the next
  const ticks = [];
  for (let i = first; i <= last; i += 1) ticks.push(Number((i * step).toPrecision(TICK_DIGITS)));
  return ticks;
}

function logTicks(from, to, count) {
  const decades = to - from;
  if (decades < 0.7) return linearTicks(10 ** from, 10 ** to, count, 0).filter((value) => value > 0).map(Math.log10);
  const factors = decades * 3 <= count ? [1, 2, 5] : decades * 2 <= count * 1.4 ? [1, 3] : [1];
  const every = factors.length > 1 ? 1 : Math.max(1, Math.ceil(decades / count));
  const ticks = [];
  for (let power = Math.floor(from); power <= to; power += 1) {
    if (power % every !== 0) continue;
    for (const factor of factors) {
      const place = power + Math.log10(factor);
      if (place >= from - 1e-9 && place <= to + 1e-9) ticks.push(place);
    }
  }
  return ticks;
}

function roundStep(step) {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = step / power;
  return (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 2.5 ? 2.5 : factor <= 5 ? 5 : 10) * power;
}
