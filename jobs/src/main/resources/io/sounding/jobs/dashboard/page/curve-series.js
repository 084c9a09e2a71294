/** The curves as ECharts draws them: lines, provisional pieces, bands, alarms, names, losses. */

import { shortName, spread } from './label-spread.js';
import { styleOf } from './run-styles.js';

/** With more points than this markers would touch each other. */
const MOST_MARKERS = 1200;
/** More bands than this would hide each other. */
export const MOST_BANDS = 16;
/** More names than this would not fit beside the curves. */
export const MOST_NAMES = 12;

/** Characters of a name, their width and the height of a line, pixels. */
const LONGEST_NAME = 24;
const CHARACTER_PX = 7.4;
const NAME_PX = 16;

const PROVISIONAL_LINE = [2, 4];
const LOSS_LINE = [3, 3];

/**
 * All series of a chart.
 * @param {import('./curve-model.js').CurveModel} model
 * @param {Object} look
 * @param {import('./axis-scale.js').Scale} look.x
 * @param {import('./axis-scale.js').Scale} look.y
 * @param {import('./axis-scale.js').Scale} look.lossScale
 * @param {boolean} look.bands
 * @param {boolean} look.loss
 * @param {boolean} look.names whether names stand at the ends of the curves
 * @param {number[]} look.window places of steps at the ends of the axis
 * @param {number[]} look.yWindow
 * @param {{width: number, height: number}} look.area what the axes enclose, about, pixels
 * @param {'light'|'dark'} look.theme
 * @param {Object} look.colours of the canvas
 * @returns {Object[]}
 */
export function seriesOf(model, look) {
  const markers = model.partialPoints + model.finalPoints <= MOST_MARKERS;
  const bands = look.bands && model.curves.length <= MOST_BANDS;
  return [
    ...(bands ? model.curves.map((curve) => bandSeries(curve, look)) : []),
    ...(look.loss ? model.losses.map((losses) => lossSeries(losses, look)) : []),
    ...model.curves.map((curve) => finalSeries(curve, look, markers, model.curves.length)),
    ...model.curves.filter((curve) => curve.points.some((point) => !point.final)).map((curve) => provisionalSeries(curve, look)),
    ...(look.names ? [nameSeries(model.curves, look)] : []),
    alarmSeries(model.marks, look),
  ];
}

/** The room that names need to the right of the curves, pixels. */
export function widthOfNames(curves) {
  return CHARACTER_PX * Math.max(...curves.map((curve) => shortName(curve.label, LONGEST_NAME).length)) + 14;
}

function place(point, look) {
  return [look.x.forward(point.step), point.value === null ? null : look.y.forward(point.value)];
}

function lineSeries(id, colour, more) {
  return {
    id, type: 'line', animation: false, clip: true, emphasis: { disabled: true }, itemStyle: { color: colour }, ...more,
  };
}

/** FINAL values. The line is left out where a neighbour is provisional. */
function finalSeries(curve, look, markers, curves) {
  const { colour, line, marker } = styleOf(curve.run);
  const valued = curve.points.filter((point) => point.value !== null && point.final);
  return lineSeries(`final ${curve.id}`, colour[look.theme], {
    name: curve.label,
    itemStyle: { color: colour[look.theme], opacity: strength(curve) },
    data: curve.points.filter((point) => point.final || point.value !== null)
      .map((point) => (point.final ? place(point, look) : [look.x.forward(point.step), null])),
    lineStyle: { color: colour[look.theme], type: line, width: curves > 24 ? 1.2 : 2, opacity: strength(curve) },
    symbol: marker,
    symbolSize: marker === 'triangle' || marker === 'diamond' ? 8 : 6,
    showSymbol: markers || valued.length === 1,
    showAllSymbol: true,
    z: 3,
  });
}

/** Deeper layers of a run are drawn stronger. */
function strength(curve) {
  return 0.4 + 0.6 * curve.depth;
}

/** PARTIAL values: hollow markers, and the pieces of the line that end at one, dotted. */
function provisionalSeries(curve, look) {
  const { colour, marker } = styleOf(curve.run);
  const corner = (point) => ({ value: place(point, look), symbol: 'none' });
  const hollow = (point) => ({ value: place(point, look) });
  const points = curve.points.filter((point) => point.value !== null);
  const data = [];
  points.forEach((point, i) => {
    const before = points[i - 1];
    if (point.final) {
      if (before !== undefined && !before.final) data.push(corner(point), { value: [look.x.forward(point.step), null] });
    } else {
      if (before?.final) data.push(corner(before));
      data.push(hollow(point));
    }
  });
  return lineSeries(`provisional ${curve.id}`, look.colours.surface, {
    data,
    lineStyle: { color: colour[look.theme], type: PROVISIONAL_LINE, width: 2, opacity: strength(curve) },
    itemStyle: { color: look.colours.surface, borderColor: colour[look.theme], borderWidth: 2 },
    symbol: marker,
    symbolSize: 9,
    showSymbol: true,
    showAllSymbol: true,
    z: 4,
  });
}

/** The training loss, thin and dashed, against the second axis. */
function lossSeries(losses, look) {
  const colour = styleOf(losses.run).colour[look.theme];
  return lineSeries(`loss ${JSON.stringify(losses.run)}`, colour, {
    data: losses.steps.map((step, i) => [look.x.forward(step), losses.values[i] === null ? null : look.lossScale.forward(losses.values[i])]),
    yAxisIndex: 1,
    lineStyle: { color: colour, type: LOSS_LINE, width: 1, opacity: 0.9 },
    symbol: 'none',
    z: 2,
  });
}

/** The interval around a curve: a band, or an error bar where a point stands alone. */
function bandSeries(curve, look) {
  const colour = styleOf(curve.run).colour[look.theme];
  const pieces = intervalPieces(curve.points, look);
  return {
    id: `band ${curve.id}`,
    type: 'custom',
    animation: false,
    silent: true,
    clip: true,
    z: 1,
    data: pieces.map((piece) => [piece[0].x, piece[0].high]),
    renderItem: (parameters, api) => {
      const piece = pieces[parameters.dataIndexInside];
      if (piece.length === 1) return errorBar(api.coord([piece[0].x, piece[0].high]), api.coord([piece[0].x, piece[0].low]), colour);
      const top = piece.map(({ x, high }) => api.coord([x, high]));
      const bottom = piece.map(({ x, low }) => api.coord([x, low])).reverse();
      return { type: 'polygon', shape: { points: [...top, ...bottom] }, style: { fill: colour, opacity: 0.18 } };
    },
  };
}

function intervalPieces(points, look) {
  const pieces = [];
  let piece = [];
  for (const point of points) {
    const low = point.low === null ? null : look.y.forward(point.low) ?? look.yWindow[0];
    const high = point.high === null ? null : look.y.forward(point.high);
    if (low !== null && high !== null) piece.push({ x: look.x.forward(point.step), low, high });
    else if (piece.length > 0) { pieces.push(piece); piece = []; }
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}

function errorBar([x, top], [, bottom], colour) {
  const line = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: colour, lineWidth: 1.5, opacity: 0.7 } });
  return { type: 'group', children: [line(x, top, x, bottom), line(x - 4, top, x + 4, top), line(x - 4, bottom, x + 4, bottom)] };
}

/** Names of the curves at their ends. */
function nameSeries(curves, look) {
  const ended = curves.filter((curve) => curve.last !== null && place(curve.last, look)[1] !== null);
  const shift = spread(ended.map((curve) => boxOf(curve, look)), NAME_PX, look.area.height);
  return {
    id: 'names',
    type: 'scatter',
    animation: false,
    silent: true,
    symbolSize: 1,
    itemStyle: { color: 'transparent', opacity: 1 },
    z: 5,
    data: ended.map((curve, i) => ({
      value: place(curve.last, look), label: { color: styleOf(curve.run).colour[look.theme], offset: [0, shift[i]] },
    })),
    label: {
      show: true,
      position: 'right',
      distance: 10,
      fontSize: 12,
      fontWeight: 600,
      textBorderColor: look.colours.surface,
      textBorderWidth: 3,
      formatter: ({ dataIndex }) => shortName(ended[dataIndex].label, LONGEST_NAME),
    },
  };
}

function boxOf(curve, look) {
  const [x, y] = place(curve.last, look);
  const along = (at, [from, to]) => (at - from) / (to - from);
  return {
    x: along(x, look.window) * look.area.width,
    y: (1 - along(y, look.yWindow)) * look.area.height,
    width: CHARACTER_PX * Math.min(LONGEST_NAME, curve.label.length) + 14,
  };
}

/** Alarms: pins with an exclamation mark where they were raised, a tick where they were cleared. */
function alarmSeries(marks, look) {
  const raised = (mark) => mark.alarms.some((alarm) => alarm.state === 'RAISED');
  return {
    id: 'alarms',
    type: 'scatter',
    animation: false,
    symbol: 'pin',
    symbolSize: 34,
    symbolOffset: [0, -4],
    symbolKeepAspect: true,
    z: 6,
    data: marks.filter((mark) => place(mark.point, look)[1] !== null).map((mark) => ({
      value: place(mark.point, look),
      itemStyle: { opacity: 1, color: raised(mark) ? look.colours.alarm : look.colours.cleared, borderColor: look.colours.surface, borderWidth: 1 },
      label: { formatter: raised(mark) ? '!' : '✓' },
    })),
    label: { show: true, color: look.colours.onAlarm, fontWeight: 700, fontSize: 13 },
    emphasis: { disabled: true },
  };
}
