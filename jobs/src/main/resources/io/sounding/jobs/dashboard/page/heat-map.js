/** The heat map of one run: a metric over layers and steps. */

import { number, percent, shortStep, whole } from './format.js';
import { element } from './dom.js';
import { canvasColours } from './theme.js';

/** Cividis (Nuñez, Anderton and Renslow 2018): even in lightness, and the same to the colour-blind. */
const CIVIDIS = ['#00224e', '#123570', '#3b496c', '#575d6d', '#707173', '#8a8678', '#a59c74', '#c3b369', '#e1cc55', '#fee838'];
const MOST_MARKED = 600;
/** More columns than this would be narrower than two pixels, and take seconds to draw. */
const MOST_COLUMNS = 400;

/** Draws the layers of one run. */
export class HeatMap {
  #chart = null;
  #last = null;

  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
  }

  /**
   * @param {Object[]} layers the API's series of one run and metric, one a layer
   * @param {Object} metric as the overview describes it
   * @param {'linear'|'log'} scale of the colours
   * @param {'light'|'dark'} theme
   */
  draw(layers, metric, scale, theme) {
    this.#last = [layers, metric, scale, theme];
    if (this.#chart === null) {
      this.#chart = echarts.init(this.host, null, { renderer: 'canvas' });
      new ResizeObserver(() => { this.#chart.resize(); this.draw(...this.#last); }).observe(this.host);
    }
    const map = mapOf(layers, scale);
    this.host.style.height = `${Math.max(220, 110 + 26 * map.layers.length)}px`;
    this.#chart.resize();
    this.#chart.setOption(optionOf(map, metric, theme, this.host.clientWidth), { notMerge: true });
    this.host.dataset.cells = map.cells.length;
    this.host.dataset.layers = map.layers.length;
    const run = layers[0]?.run ?? '';
    this.host.setAttribute('aria-label', map.cells.length === 0
      ? `No value of ${metric.title} yet.`
      : `${metric.title} of run ${run} by layer and step: ${map.layers.length} layers, ${map.count} steps, values from `
        + `${number(map.least)} to ${number(map.most)}. ${spoken(layers)}`);
  }

  /** What is drawn, as a data URL of a PNG. */
  picture() {
    return this.#chart.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: canvasColours(this.#last[3]).surface });
  }
}

/** Of more steps than there is room for every second one is shown, or every third, ..., and the last. */
function mapOf(series, scale) {
  const all = [...new Set(series.flatMap((layer) => layer.steps))].sort((a, b) => a - b);
  const every = Math.max(1, Math.ceil(all.length / MOST_COLUMNS));
  const steps = all.filter((_, i) => i % every === 0 || i === all.length - 1);
  const layers = series.map((layer) => layer.layer);
  const column = new Map(steps.map((step, i) => [step, i]));
  const cells = [];
  series.forEach((layer, row) => layer.values.forEach((value, i) => {
    if (value === null || (scale === 'log' && value <= 0) || !column.has(layer.steps[i])) return;
    cells.push({ column: column.get(layer.steps[i]), row, value, final: layer.final[i], progress: layer.progress[i] });
  }));
  const values = cells.length > 0 ? cells.map((cell) => cell.value) : [1];
  return {
    steps, every, count: all.length, layers, cells, scale,
    least: values.reduce((a, b) => Math.min(a, b)),
    most: values.reduce((a, b) => Math.max(a, b)),
  };
}

function optionOf(map, metric, theme, width) {
  const colours = canvasColours(theme);
  const forward = map.scale === 'log' ? Math.log10 : (value) => value;
  const label = { color: colours.faint };
  const marked = map.cells.length <= MOST_MARKED;
  return {
    animation: false,
    textStyle: { fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif', color: colours.faint },
    grid: { left: 56, right: 16, top: 12, bottom: 92 },
    xAxis: {
      type: 'category', data: map.steps.map(shortStep), name: map.every === 1 ? 'training step, a column a checkpoint' : `training step, a column for one of ${map.every} checkpoints`, nameLocation: 'middle', nameGap: 28, nameTextStyle: label,
      axisLabel: { ...label, hideOverlap: true }, axisLine: { lineStyle: { color: colours.axis } }, axisTick: { show: false },
    },
    yAxis: {
      type: 'category', data: map.layers.map(String), name: 'layer', nameLocation: 'middle', nameGap: 34, nameTextStyle: label,
      axisLabel: label, axisLine: { lineStyle: { color: colours.axis } }, axisTick: { show: false },
    },
    visualMap: {
      show: map.cells.length > 0, type: 'continuous', min: forward(map.least), max: map.least < map.most ? forward(map.most) : forward(map.least) + 1, dimension: 2,
      orient: 'horizontal', left: 'center', bottom: 4, itemWidth: 12, itemHeight: Math.min(260, width * 0.5),
      text: [number(map.most, 3), number(map.least, 3)], textStyle: label, inRange: { color: CIVIDIS }, calculable: false, hoverLink: false,
    },
    tooltip: {
      confine: true, transitionDuration: 0, className: 'chart-tip', padding: 0, backgroundColor: colours.surface, borderColor: colours.axis, borderWidth: 1,
      formatter: ({ dataIndex }) => {
        const cell = map.cells[dataIndex];
        return element('div', { class: 'tip' },
          element('p', { class: 'tip-step' }, `Step ${whole(map.steps[cell.column])}, layer ${map.layers[cell.row]}`),
          element('p', {}, `${metric.title} `, element('strong', {}, number(cell.value)),
            cell.final ? null : element('span', { class: 'faint' }, ` provisional, ${percent(cell.progress)} of the audio`)));
      },
    },
    series: [{
      type: 'heatmap',
      progressive: 0, // a map drawn bit by bit is never whole while events come, and is saved as it is
      data: map.cells.map((cell) => ({
        value: [cell.column, cell.row, forward(cell.value)],
        label: { show: marked && !cell.final },
      })),
      label: { formatter: '○', color: '#ffffff', textBorderColor: '#000000', textBorderWidth: 2 },
      itemStyle: { borderColor: colours.surface, borderWidth: marked ? 1 : 0 },
      emphasis: { itemStyle: { borderColor: colours.text, borderWidth: 2 } },
    }],
  };
}

function spoken(layers) {
  return layers.slice(0, 24).map((layer) => {
    const values = layer.values.filter((value) => value !== null);
    return values.length === 0 ? '' : `Layer ${layer.layer} from ${number(values[0])} to ${number(values[values.length - 1])}.`;
  }).join(' ');
}
