/** From the API's series to curves: what is drawn, listed, read aloud and saved. No drawing here. */

/**
 * @typedef {Object} Point
 * @property {number} step
 * @property {?number} value
 * @property {?number} low lower end of the interval
 * @property {?number} high
 * @property {boolean} final false: provisional
 * @property {number} progress share of the audio, 0 to 1
 * @property {string} checkpoint
 *
 * @typedef {Object} Curve
 * @property {string} id of run and layer
 * @property {string} run
 * @property {number} layer
 * @property {string} label run, and layer where several are shown
 * @property {number} depth of its layer among those of the run that are shown: 1 for the last, 0 for the first
 * @property {Point[]} points by step
 * @property {Map<number, Point>} byStep
 * @property {?Point} last last point with a value
 * @property {?Point} first first point with a value
 * @property {?Point} peak its highest point
 *
 * @typedef {Object} Mark an alarm's place on a curve
 * @property {Curve} curve
 * @property {Point} point
 * @property {Object[]} alarms the API's, of this step
 *
 * @typedef {Object} CurveModel
 * @property {Object} metric
 * @property {string} corpus
 * @property {Curve[]} curves
 * @property {Object[]} losses the API's
 * @property {Mark[]} marks
 * @property {number} partialPoints
 * @property {number} finalPoints
 */

/**
 * Makes the model of an answer.
 * @param {Object} answer the API's SeriesAnswer of one metric
 * @param {Object} metric as the overview describes it
 * @param {Object[]} alarms the API's, of any run
 * @returns {CurveModel}
 */
export function curveModel(answer, metric, alarms) {
  const layersOfRun = new Map();
  for (const { run, layer } of answer.series) layersOfRun.set(run, [...(layersOfRun.get(run) ?? []), layer]);
  const severalLayers = [...layersOfRun.values()].some((layers) => layers.length > 1);
  const curves = answer.series.map((series) => curveOf(series, severalLayers, depthOf(series.layer, layersOfRun.get(series.run))));
  const valued = curves.flatMap((curve) => curve.points).filter((point) => point.value !== null);
  const finalPoints = valued.filter((point) => point.final).length;
  return {
    metric,
    corpus: answer.corpus,
    curves,
    losses: answer.losses,
    marks: marksOn(curves, alarms),
    partialPoints: valued.length - finalPoints,
    finalPoints,
  };
}

/** The share by which a curve's last value lies below its peak; null: it has no positive peak. */
export function drawdown(curve) {
  if (curve.peak === null || curve.peak.value <= 0) return null;
  return 1 - curve.last.value / curve.peak.value;
}

/** The change of a curve since its first value, as a share of it; null: that is 0. */
export function changeSinceFirst(curve) {
  if (curve.first === null || curve.first.value === 0) return null;
  return (curve.last.value - curve.first.value) / Math.abs(curve.first.value);
}

function depthOf(layer, layers) {
  return layers.length === 1 ? 1 : layers.indexOf(layer) / (layers.length - 1);
}

function curveOf(series, severalLayers, depth) {
  const points = series.steps.map((step, i) => ({
    step,
    value: series.values[i],
    low: series.low[i],
    high: series.high[i],
    final: series.final[i],
    progress: series.progress[i],
    checkpoint: series.checkpoints[i],
  }));
  const valued = points.filter((point) => point.value !== null);
  return {
    id: JSON.stringify([series.run, series.layer]),
    run: series.run,
    layer: series.layer,
    label: severalLayers ? `${series.run} · layer ${series.layer}` : series.run,
    depth,
    points,
    byStep: new Map(points.map((point) => [point.step, point])),
    first: valued[0] ?? null,
    last: valued[valued.length - 1] ?? null,
    peak: valued.reduce((peak, point) => (peak === null || point.value > peak.value ? point : peak), null),
  };
}

/** Alarms stand on the curve of their layer, or on the run's last one shown; those of one step together. */
function marksOn(curves, alarms) {
  const marks = new Map();
  for (const alarm of alarms) {
    const ofRun = curves.filter((curve) => curve.run === alarm.run);
    const curve = ofRun.find((candidate) => candidate.layer === alarm.layer) ?? ofRun[ofRun.length - 1];
    const point = curve?.byStep.get(alarm.step);
    if (point === undefined || point.value === null) continue;
    const id = `${curve.id} ${alarm.step}`;
    if (marks.has(id)) marks.get(id).alarms.push(alarm);
    else marks.set(id, { curve, point, alarms: [alarm] });
  }
  return [...marks.values()];
}
