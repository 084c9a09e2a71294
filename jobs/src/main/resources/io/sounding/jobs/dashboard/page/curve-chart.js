/** The chart of curves: axes, zoom, hover. */

import { roundWindow, stepScale, valueScale } from './axis-scale.js';
import { tooltipAt } from './curve-tooltip.js';
import { MOST_NAMES, seriesOf, widthOfNames } from './curve-series.js';
import { digitsFor, number, shortStep, whole } from './format.js';
import { metricUnit } from './metric-notes.js';
import { canvasColours } from './theme.js';

const NARROW_PX = 560;
/** As many curves are listed above a picture. */
const MOST_LISTED = 40;
const FONT = '"Inter", system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

/** Draws a model into an element, again and again, keeping zoom and hover. */
export class CurveChart {
  #chart;
  #drawn = null;
  #hovered = null;

  /**
   * @param {HTMLElement} host
   * @param {Object} listener
   * @param {function(?number, ?number)} listener.zoomed first and last step in the window; null: all
   * @param {function(string)} listener.spoken what the keyboard has moved to, in words
   */
  constructor(host, listener) {
    this.host = host;
    this.#chart = echarts.init(host, null, { renderer: 'canvas' });
    this.#chart.on('datazoom', () => this.#onZoom(listener.zoomed));
    this.#chart.on('rendered', () => this.#onRendered());
    new ResizeObserver(() => this.#onResize()).observe(host);
    host.addEventListener('keydown', (event) => this.#onKey(event, listener.spoken));
  }

  /**
   * @param {import('./curve-model.js').CurveModel} model
   * @param {Object} look
   * @param {'linear'|'log'} look.x
   * @param {'linear'|'log'} look.y
   * @param {boolean} look.loss
   * @param {boolean} look.bands
   * @param {?number} look.from first step in the window
   * @param {?number} look.to
   * @param {'light'|'dark'} look.theme
   */
  draw(model, look) {
    this.#drawn = { model, look };
    const plot = plotOf(model, look, { width: this.host.clientWidth, height: this.host.clientHeight });
    this.#drawn.plot = plot;
    this.#chart.setOption(optionOf(plot), { replaceMerge: ['series', 'xAxis', 'yAxis', 'dataZoom'] });
    describe(this.host, model, plot);
  }

  /**
   * A picture of what is drawn, with a title and a legend.
   * @param {string} title
   * @returns {string} a data URL, PNG
   */
  picture(title) {
    const { model, look } = this.#drawn;
    const size = { width: 1200, height: 640 };
    const chart = echarts.init(document.createElement('div'), null, { renderer: 'canvas', ...size });
    const plot = plotOf(model, look, size);
    const option = optionOf(plot);
    const unnamed = model.curves.length > MOST_NAMES;
    chart.setOption({
      ...option,
      title: { text: title, left: 16, top: 14, textStyle: { color: plot.colours.text, fontSize: 17, fontFamily: FONT } },
      legend: {
        show: unnamed, data: model.curves.slice(0, MOST_LISTED).map((curve) => curve.label), left: 16, right: 16, top: 44,
        textStyle: { color: plot.colours.text, fontFamily: FONT },
      },
      grid: { ...option.grid, top: unnamed ? 190 : 84 },
      dataZoom: option.dataZoom.map((zoom) => ({ ...zoom, show: false })),
    });
    const picture = chart.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: plot.colours.surface });
    chart.dispose();
    return picture;
  }

  #onZoom(zoomed) {
    const { plot, look } = this.#drawn;
    const { startValue, endValue } = this.#chart.getOption().dataZoom[0];
    const all = (place, end) => Math.abs(place - end) < (plot.domain[1] - plot.domain[0]) * 1e-6;
    const from = all(startValue, plot.domain[0]) ? null : Math.max(0, Math.round(plot.x.inverse(startValue)));
    const to = all(endValue, plot.domain[1]) ? null : Math.max(0, Math.round(plot.x.inverse(endValue)));
    if (from === look.from && to === look.to) return;
    zoomed(from, to);
  }

  #onRendered() {
    const { model } = this.#drawn ?? {};
    if (model && model.partialPoints + model.finalPoints > 0 && !this.host.dataset.firstDrawnAt) {
      this.host.dataset.firstDrawnAt = performance.now().toFixed(0);
    }
  }

  #onResize() {
    this.#chart.resize();
    if (this.#drawn) this.draw(this.#drawn.model, this.#drawn.look);
  }

  #onKey(event, spoken) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const move = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === 'Escape') this.#chart.dispatchAction({ type: 'hideTip' });
    if (move === undefined || !this.#drawn) return;
    event.preventDefault();
    const { plot } = this.#drawn;
    const steps = plot.steps.filter((step) => plot.window[0] <= plot.x.forward(step) && plot.x.forward(step) <= plot.window[1]);
    if (steps.length === 0) return;
    const at = this.#hovered === null ? -1 : steps.indexOf(this.#hovered);
    this.#hovered = steps[Math.min(steps.length - 1, Math.max(0, at + move))];
    const x = this.#chart.convertToPixel({ xAxisIndex: 0 }, plot.x.forward(this.#hovered));
    this.#chart.dispatchAction({ type: 'showTip', x, y: this.host.clientHeight / 3 });
    spoken(tooltipAt(plot, this.#hovered).textContent);
  }
}

/** Everything that one drawing needs: scales, windows, colours. */
function plotOf(model, look, { width, height }) {
  const steps = [...new Set(model.curves.flatMap((curve) => curve.points.map((point) => point.step)))].sort((a, b) => a - b);
  const x = stepScale(look.x, steps);
  const y = valueScale(look.y);
  const places = steps.map(x.forward);
  const domain = padded(places[0], places[places.length - 1], look.x);
  const window = [
    look.from === null ? domain[0] : Math.max(domain[0], x.forward(look.from)),
    look.to === null ? domain[1] : Math.min(domain[1], x.forward(look.to)),
  ];
  if (!(window[0] < window[1])) [window[0], window[1]] = domain;
  const inWindow = (step) => window[0] <= x.forward(step) && x.forward(step) <= window[1];
  const lossScale = valueScale(spansDecades(model.losses) ? 'log' : 'linear');
  const narrow = width < NARROW_PX;
  const named = !narrow && model.curves.length > 0 && model.curves.length <= MOST_NAMES;
  const right = named ? widthOfNames(model.curves) : 24;
  return {
    model, x, y, lossScale, steps, domain, window, narrow, right,
    area: { width: width - right - 60, height: height - 132 },
    loss: look.loss && model.losses.length > 0,
    bands: look.bands,
    names: named,
    theme: look.theme,
    colours: canvasColours(look.theme),
    yWindow: windowOf(y, model.curves.flatMap((curve) => curve.points.filter((point) => inWindow(point.step)).map((point) => point.value))),
    lossWindow: windowOf(lossScale, model.losses.flatMap((losses) => losses.values.filter((_, i) => inWindow(losses.steps[i])))),
  };
}

function optionOf(plot) {
  const { colours, model } = plot;
  const unit = plot.narrow ? null : metricUnit(model.metric.name);
  const kind = (scale) => (scale.kind === 'log' && !plot.narrow ? ', logarithmic' : '');
  const xTicks = plot.x.ticks(...plot.window, plot.narrow ? 5 : 9);
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: FONT, color: colours.faint },
    grid: {
      left: plot.narrow ? 8 : 16, right: plot.loss ? 16 : plot.right, top: 40, bottom: plot.narrow ? 64 : 70,
      outerBoundsMode: 'same', outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      type: 'value', min: plot.domain[0], max: plot.domain[1],
      name: `training step${plot.x.kind === 'log' ? ', logarithmic' : ''}`, nameLocation: 'middle', nameGap: 30, nameTextStyle: { color: colours.faint, fontSize: 12 },
      axisLine: { show: true, onZero: false, lineStyle: { color: colours.axis } },
      axisTick: { show: true, customValues: xTicks, lineStyle: { color: colours.axis } },
      axisLabel: { color: colours.faint, customValues: xTicks, hideOverlap: true, formatter: (place) => shortStep(Math.round(plot.x.inverse(place))) },
      splitLine: { show: false },
      axisPointer: { snap: true, label: { show: false } },
    },
    yAxis: [
      yAxis(plot.y, plot.yWindow, `${model.metric.title}${unit ? ` (${unit})` : ''}${kind(plot.y)}`, colours, 'left'),
      { ...yAxis(plot.lossScale, plot.lossWindow, `${plot.narrow ? 'loss' : 'training loss'}${kind(plot.lossScale)} (dashed)`, colours, 'right'), show: plot.loss, offset: plot.names ? plot.right - 16 : 0, splitLine: { show: false } },
    ],
    tooltip: {
      trigger: 'axis', confine: true, className: 'chart-tip', backgroundColor: colours.surface, borderColor: colours.axis, borderWidth: 1,
      padding: 0, transitionDuration: 0, textStyle: { color: colours.text, fontSize: 12.5, fontFamily: FONT },
      axisPointer: { type: 'line', z: 1, lineStyle: { color: colours.axis, type: 'solid', width: 1 } },
      formatter: ([hit]) => tooltipAt(plot, nearestStep(plot, hit.axisValue)),
    },
    dataZoom: [
      {
        id: 'slider', type: 'slider', xAxisIndex: 0, filterMode: 'none', startValue: plot.window[0], endValue: plot.window[1],
        height: 16, bottom: 6, left: plot.narrow ? 24 : 56, right: plot.narrow ? 24 : plot.right + (plot.loss ? 60 : 12), showDataShadow: false, brushSelect: false, borderColor: colours.grid,
        fillerColor: `${colours.zoom}22`, backgroundColor: 'transparent', showDetail: false, handleSize: '130%', moveHandleSize: 0,
        handleStyle: { color: colours.surface, borderColor: colours.zoom }, emphasis: { handleStyle: { color: colours.zoom, borderColor: colours.zoom } },
      },
      {
        id: 'inside', type: 'inside', xAxisIndex: 0, filterMode: 'none', startValue: plot.window[0], endValue: plot.window[1],
        zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false, moveOnMouseMove: !plot.narrow, preventDefaultMouseMove: false,
      },
    ],
    series: seriesOf(model, plot),
  };
}

function yAxis(scale, window, name, colours, side) {
  const ticks = scale.ticks(...window, 6);
  const digits = digitsFor(ticks.map(scale.inverse));
  return {
    type: 'value', min: window[0], max: window[1], position: side,
    name, nameLocation: 'end', nameGap: 14, nameTextStyle: { color: colours.text, fontSize: 12.5, fontWeight: 600, align: side, padding: side === 'left' ? [0, 0, 0, -8] : 0 },
    axisLine: { show: false }, axisTick: { show: false, customValues: ticks },
    axisLabel: { color: colours.faint, customValues: ticks, formatter: (place) => number(scale.inverse(place), digits) },
    splitLine: { lineStyle: { color: colours.grid } },
    axisPointer: { show: false },
  };
}

function padded(first, last, kind) {
  if (!(first <= last)) return [0, 1];
  if (first === last) {
    const margin = kind === 'log' ? 0.5 : Math.max(1, last * 1e-6);
    return [kind === 'log' ? first - margin : Math.max(0, first - margin), last + margin];
  }
  const margin = (last - first) * 0.015;
  return [first - margin, last + margin];
}

function windowOf(scale, values) {
  let least = Infinity;
  let most = -Infinity;
  for (const value of values) {
    const at = value === null ? null : scale.forward(value);
    if (at === null) continue;
    if (at < least) least = at;
    if (at > most) most = at;
  }
  return roundWindow(scale, least, most);
}

function spansDecades(losses) {
  const values = losses.flatMap((one) => one.values).filter((value) => value !== null);
  if (values.length === 0) return false;
  const least = values.reduce((a, b) => Math.min(a, b));
  return least > 0 && values.reduce((a, b) => Math.max(a, b)) > 100 * least;
}

function nearestStep(plot, place) {
  return plot.steps.reduce((nearest, step) =>
    (Math.abs(plot.x.forward(step) - place) < Math.abs(plot.x.forward(nearest) - place) ? step : nearest));
}

/** Says on the element what a canvas does not tell: for screen readers and for tests. */
function describe(host, model, plot) {
  host.dataset.metric = model.metric.name;
  host.dataset.seriesCount = model.curves.length;
  host.dataset.points = model.partialPoints + model.finalPoints;
  host.dataset.partialPoints = model.partialPoints;
  host.dataset.finalPoints = model.finalPoints;
  host.dataset.alarmMarks = model.marks.length;
  host.dataset.lossCurves = plot.loss ? model.losses.length : 0;
  host.dataset.x = plot.x.kind;
  host.dataset.y = plot.y.kind;
  const ends = model.curves.filter((curve) => curve.last !== null).slice(0, 8)
    .map((curve) => `${curve.label}: ${number(curve.last.value)} at step ${whole(curve.last.step)}`);
  const more = model.curves.length > 8 ? `; and ${model.curves.length - 8} more` : '';
  host.setAttribute('aria-label',
    `${model.metric.title} against training step, ${model.curves.length} ${model.curves.length === 1 ? 'curve' : 'curves'}. `
    + `${ends.length > 0 ? `${ends.join('; ')}${more}. ` : ''}${model.marks.length} alarm ${model.marks.length === 1 ? 'mark' : 'marks'}. Arrow keys read the values; all stand in the tab Values.`);
}
