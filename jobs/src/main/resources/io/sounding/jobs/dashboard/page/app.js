/** The page: what is asked for, when, and what is shown with the answers. */

import { showAlarmBanner, showAlarmList } from './alarm-list.js';
import { ask, openSession, Refusal, Unreachable } from './api.js';
import { logarithmicSteps } from './axis-scale.js';
import { CHECKPOINTS_A_PAGE, showCheckpoints } from './checkpoint-table.js';
import { showFeed, showLocked, showServerBack, showServerLost } from './connection.js';
import { connectControls, showControls, showStepAxis } from './controls.js';
import { showCorrelations } from './correlation-table.js';
import { CurveChart } from './curve-chart.js';
import { showLegend } from './curve-legend.js';
import { curveModel } from './curve-model.js';
import { MOST_BANDS } from './curve-series.js';
import { byId, element, keepAges, showIn } from './dom.js';
import { csvOf, fileName, savePicture, saveText } from './downloads.js';
import { MOST_EVALUATING, showEvaluating } from './evaluating.js';
import { counted, whole } from './format.js';
import { HeatMap } from './heat-map.js';
import { asksForToken, followEvents } from './live-events.js';
import { NO_DIRECTION } from './metric-notes.js';
import { Refresher } from './refresher.js';
import { RunList } from './run-list.js';
import { assignStyles } from './run-styles.js';
import { MOST_RUNS, select, Usual } from './selection.js';
import { tabs } from './tabs.js';
import { applyTheme, onSystemTheme, rememberTheme, theme } from './theme.js';
import { showValues } from './value-table.js';
import { formatView, ViewState } from './view-state.js';

const MOST_ALARMS = 1000;
const MOST_CORRELATIONS = 1000;

const usual = new Usual();
let overview = null;
let selection = null;
let model = null;
let hasLogSteps = false;
let isServerLost = false;
let needsToken = false;
const answers = new Map();
const asked = new Map();
const failures = new Map();

/**
 * The parts of the page that load by themselves: what each asks (null: nothing, since it is not
 * shown), how it shows the answer, and what it shows where no run is chosen.
 */
const PARTS = {
  curves: {
    question: () => (selection.runs.length === 0 || selection.metric === null ? null
      : ['series', { run: selection.runs, corpus: selection.corpus, layer: state.view.layers, metric: selection.metric.name }]),
    show: showCurves,
    clear: () => showCurves({ corpus: selection.corpus, series: [], losses: [], notes: [] }),
  },
  alarms: {
    question: () => ['alarms', { corpus: selection.corpus, limit: MOST_ALARMS }],
    show: (answer) => {
      showAlarmBanner(answer.alarms, lookAt, speak);
      showAlarmList(answer, lookAt);
      if (answers.has('curves')) showCurves(answers.get('curves'));
    },
  },
  evaluating: {
    question: () => ['checkpoints', { corpus: selection.corpus, status: 'EVALUATING', limit: MOST_EVALUATING }],
    show: showEvaluating,
  },
  layers: {
    question: () => (state.view.tab !== 'layers' || heatRun() === null || selection.metric === null ? null
      : ['series', { run: [heatRun()], corpus: selection.corpus, layer: ['all'], metric: selection.metric.name }]),
    show: showLayers,
    clear: clearLayers,
  },
  checkpoints: {
    question: () => (state.view.tab !== 'checkpoints' || selection.runs.length === 0 ? null
      : ['checkpoints', {
        run: selection.runs, corpus: selection.corpus, status: state.view.status, limit: CHECKPOINTS_A_PAGE, offset: state.view.page * CHECKPOINTS_A_PAGE,
      }]),
    show: (answer) => showCheckpoints(answer, state.view.page, (page) => state.update({ page })),
    clear: () => PARTS.checkpoints.show({ total: 0, checkpoints: [] }),
  },
  correlations: {
    question: () => (state.view.tab !== 'correlations' || selection.runs.length === 0 ? null
      : ['correlations', { run: selection.runs, corpus: selection.corpus, task: state.view.task, limit: MOST_CORRELATIONS }]),
    show: (answer) => showCorrelations(answer, overview.metrics, state.view.sort, state.view.descending,
      (sort, descending) => state.update({ sort, descending }, true)),
    clear: () => PARTS.correlations.show({ total: 0, correlations: [] }),
  },
};

await takeToken();
const state = new ViewState(onView);
applyTheme(theme(state.view));
const chart = new CurveChart(byId('chart'), {
  zoomed: (from, to) => state.update({ from, to }, true),
  spoken: speak,
});
const heatMap = new HeatMap(byId('heat-map'));
const runList = new RunList(chooseRuns);
const tabBar = tabs(byId('tabs'), (tab) => state.update({ tab }));
const refresher = new Refresher({ overview: loadOverview, ...Object.fromEntries(Object.keys(PARTS).map((name) => [name, (signal) => loadPart(name, signal)])) }, onLoaded);
connect();
refresher.now('overview');
const events = followEvents({ opened: onOpened, event: onEvent, lost: onLost });

async function loadOverview(signal) {
  const answer = await ask('overview', {}, signal);
  overview = answer;
  showFeed(overview.feed);
  byId('version').textContent = `Sounding ${overview.version}`;
  byId('held').textContent = `${whole(overview.held.events)} of at most ${whole(overview.held.limit)} events held`
    + (overview.held.dropped > 0 ? `; ${whole(overview.held.dropped)} of the oldest were let go` : '');
  showIn(byId('task'), overview.tasks, () => [element('option', { value: '' }, 'All'), ...overview.tasks.map((task) => element('option', { value: task }, task))]);
  showSelection();
}

async function loadPart(name, signal) {
  const question = PARTS[name].question();
  if (question === null) return;
  const answer = await ask(...question, signal);
  answers.set(name, answer);
  PARTS[name].show(answer);
}

/** Shows what is chosen, and asks where the answer that is there answers another question. */
function showSelection() {
  const { view } = state;
  selection = select(view, overview, usual);
  assignStyles(overview.runs.map((run) => run.name), selection.runs);
  showControls(view, selection, overview);
  runList.show(selection);
  tabBar.show(view.tab);
  showHeatRuns();
  byId('task').value = view.task ?? '';
  for (const radio of byId('status-choice').querySelectorAll('input')) radio.checked = radio.value === (view.status ?? '');
  for (const [name, part] of Object.entries(PARTS)) {
    const question = JSON.stringify(part.question());
    if (question === asked.get(name)) continue;
    asked.set(name, question);
    if (question === 'null') answers.delete(name);
    refresher.now(name); // which also drops an answer that is still under way
  }
  if (selection.runs.length === 0) for (const part of Object.values(PARTS)) part.clear?.();
  showState();
}

/** Shows these runs; null: the newest. */
function chooseRuns(runs) {
  if (runs === null) usual.renew();
  if (!state.update({ runs, page: 0 })) showSelection();
}

function onView(view, before) {
  if (overview === null) return;
  const themeBefore = document.documentElement.dataset.theme;
  applyTheme(theme(view));
  showSelection();
  if (document.documentElement.dataset.theme !== themeBefore) runList.recolour();
  const isZoom = formatView({ ...view, from: null, to: null }) === formatView({ ...before, from: null, to: null });
  for (const [name, answer] of answers) if (!isZoom || name === 'curves') PARTS[name].show(answer);
  if (view.tab === 'values' && before.tab !== 'values' && model !== null) showValues(model);
}

function showCurves(answer) {
  const { view } = state;
  if (selection.metric === null) return;
  const metric = metricOf(answer);
  const alarms = answers.get('alarms')?.alarms ?? [];
  model = curveModel(answer, metric, alarms);
  hasLogSteps = logarithmicSteps(model.curves.map((curve) => curve.points.map((point) => point.step)), hasLogSteps);
  const x = view.x === 'auto' ? (hasLogSteps ? 'log' : 'linear') : view.x;
  showStepAxis(x);
  chart.draw(model, { x, y: view.y, loss: selection.loss, bands: view.bands, from: view.from, to: view.to, theme: theme(view) });
  for (const id of ['save-csv', 'save-png']) byId(id).disabled = false;
  showLegend(model, new Set(alarms.filter((alarm) => alarm.open).map((alarm) => alarm.run)));
  if (view.tab === 'values') showValues(model);
  showNotes(answer.notes);
  showChartMessage();
}

/** The metric of an answer: while another one is asked for, the answer that is shown is still of the one before. */
function metricOf(answer) {
  return overview.metrics.find((metric) => metric.name === answer.series[0]?.metric) ?? selection.metric;
}

function showNotes(fromServer) {
  const { view } = state;
  const notes = [...fromServer];
  const missing = missingRuns();
  if (missing.length > 0 && missing.length < selection.runs.length) notes.push(`There is nothing of ${named(missing)} on this corpus yet.`);
  const unplaced = view.y === 'log'
    ? model.curves.flatMap((curve) => curve.points).filter((point) => point.value !== null && point.value <= 0).length : 0;
  if (unplaced > 0) notes.push(`${counted(unplaced, 'value')} of 0 or below ${unplaced === 1 ? 'has' : 'have'} no place on a logarithmic axis.`);
  if (view.bands && model.metric.hasInterval && model.curves.length > MOST_BANDS) notes.push(`Intervals are drawn for up to ${MOST_BANDS} curves.`);
  byId('notes').hidden = notes.length === 0;
  showIn(byId('notes'), notes, () => notes.map((note) => element('li', {}, note)));
}

function showChartMessage() {
  const missing = missingRuns();
  const isEmpty = model.partialPoints + model.finalPoints === 0;
  byId('chart-message').hidden = !isEmpty;
  byId('chart-message').textContent = selection.runs.length === 0 ? 'No run is chosen. Choose some in the list of runs.'
    : missing.length === selection.runs.length ? `There is nothing of ${named(missing)} on this corpus yet. Curves appear as they come.`
      : `No value of ${model.metric.title} yet.${model.metric.family === 'clusters' ? ' Cluster metrics come when an evaluation is final.' : ''}`;
}

/** Runs that were chosen and are not on the corpus. */
function missingRuns() {
  const known = new Set(selection.all.map((run) => run.name));
  return selection.runs.filter((run) => !known.has(run));
}

function named(runs) {
  return runs.slice(0, 5).join(', ') + (runs.length > 5 ? ` and ${runs.length - 5} more` : '');
}

function clearLayers() {
  byId('heat-map').hidden = true;
  byId('heat-title').textContent = 'No run is chosen.';
  byId('save-heat').disabled = true;
}

function showLayers(answer) {
  byId('heat-map').hidden = false;
  const run = answer.series[0]?.run ?? heatRun();
  const metric = metricOf(answer);
  heatMap.draw(answer.series, metric, state.view.y, theme(state.view));
  byId('save-heat').disabled = false;
  byId('heat-title').textContent = [
    `${metric.title} by layer and step${state.view.y === 'log' ? ', colours logarithmic' : ''}`,
    answer.series.some((layer) => layer.final.includes(false)) ? '○ provisional' : '',
    answer.series.every((layer) => layer.values.every((value) => value === null)) ? 'no value yet' : '',
    answer.series.length === 1 ? `run ${run} was evaluated on one layer only` : '',
  ].filter((words) => words !== '').join('; ');
}

function showHeatRuns() {
  showIn(byId('heat-run'), selection.runs, () => selection.runs.map((run) => element('option', { value: run }, run)));
  byId('heat-run').value = heatRun() ?? '';
}

function heatRun() {
  const { heat } = state.view;
  if (selection.runs.includes(heat)) return heat;
  const alarmed = selection.all.find((run) => run.openAlarms > 0 && selection.runs.includes(run.name));
  return alarmed?.name ?? selection.runs[0] ?? null;
}

/** Has screen readers say it. */
function speak(words) {
  byId('spoken').textContent = words;
}

/** Shows the run and the metric of an alarm. */
function lookAt(alarm) {
  const part = { runs: selection.runs.includes(alarm.run) ? state.view.runs : [...selection.runs, alarm.run].slice(-MOST_RUNS), from: null, to: null };
  if (overview.metrics.some((metric) => metric.name === alarm.metric)) part.metric = alarm.metric;
  else if (alarm.metric === 'trainingLoss') part.loss = true;
  const layers = selection.all.find((run) => run.name === alarm.run)?.on.layers ?? [];
  if (alarm.layer !== null) part.layers = alarm.layer === layers[layers.length - 1] ? ['last'] : [String(alarm.layer)];
  state.update(part);
  byId('chart').scrollIntoView({ block: 'center', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  byId('chart').focus({ preventScroll: true });
}

/** What changed before the stream stood was told to nobody: all that is shown is asked for again. */
function onOpened() {
  refresher.soon('overview');
  if (selection !== null) refresher.soon(...Object.keys(PARTS));
  isServerLost = false;
  showServerBack();
  showState();
}

function onEvent(name, data) {
  if (name === 'feed') {
    showFeed(data);
    if (overview !== null) overview.feed = data;
    refresher.soon('overview');
  } else if (name === 'changed') {
    refresher.soon('overview');
    if (selection === null) return;
    const shown = new Set(selection.runs);
    const concerns = data.runs === null || data.runs.some((run) => shown.has(run));
    if (data.metrics && concerns) refresher.soon('curves', 'layers', 'checkpoints');
    if (data.metrics) refresher.soon('evaluating');
    if (data.alarms) refresher.soon('alarms');
    if (data.correlations) refresher.soon('correlations');
  }
}

function onLost(failure, waitMs) {
  if (asksForToken(failure)) {
    askForToken();
    return;
  }
  isServerLost = true;
  const isRefused = failure instanceof Refusal;
  showServerLost(isRefused ? failure.message : 'The dashboard\'s server does not answer: it was stopped, or the network is down.', waitMs);
  if (isRefused && overview !== null) refresher.soon('overview', ...Object.keys(PARTS));
  showState();
}

function onLoaded(name, failure) {
  if (failure === null) failures.delete(name);
  else if (asksForToken(failure)) askForToken();
  else if (!(failure instanceof Unreachable)) failures.set(name, failure.message);
  const place = byId(`${name}-error`);
  if (place !== null) {
    place.hidden = !failures.has(name);
    place.textContent = failures.get(name) ?? '';
  }
  if (failure !== null && !(failure instanceof Refusal) && !(failure instanceof Unreachable)) console.error(failure);
  showState();
}

/** Which of the designed states the page is in: also an attribute of the root element, for tests. */
function showState() {
  const hasRuns = overview !== null && overview.runs.length > 0;
  const isEmpty = overview !== null && !hasRuns && ['live', 'waiting'].includes(overview.feed.state);
  const now = needsToken ? 'token'
    : isServerLost ? 'server-unreachable'
      : isEmpty ? 'empty'
        : failures.has('curves') || failures.has('overview') ? 'error'
          : overview?.feed.state === 'unreachable' ? 'kafka-unreachable'
            : hasRuns && model !== null ? 'ready' : 'loading';
  document.documentElement.dataset.state = now;
  byId('token-panel').hidden = !needsToken;
  byId('empty-panel').hidden = needsToken || !isEmpty;
  byId('empty-sentence').textContent = overview?.feed.sentence ?? '';
  byId('content').hidden = needsToken || !hasRuns;
  byId('view-controls').hidden = needsToken || !hasRuns;
  byId('wait-panel').hidden = needsToken || hasRuns || isEmpty;
  byId('wait-panel').querySelector('h2').textContent = overview === null ? 'Asking for the runs' : 'Waiting for Kafka';
}

function askForToken() {
  if (!needsToken) {
    needsToken = true;
    showLocked();
    showState();
    byId('token').focus();
  }
}

/** A token in the address is changed for a cookie and taken out of the address at once, also one that is entered later. */
async function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1));
  const token = given.get('token');
  window.addEventListener('hashchange', () => {
    if (new URLSearchParams(location.hash.slice(1)).has('token')) location.reload();
  });
  if (token === null) return;
  given.delete('token');
  history.replaceState(null, '', given.size === 0 ? location.pathname + location.search : `#${given}`);
  try {
    await openSession(token);
  } catch (failure) {
    byId('token-error').textContent = failure.message;
  }
}

function connect() {
  connectControls(state, () => selection);
  keepAges();
  byId('no-direction').textContent = NO_DIRECTION;
  if (matchMedia('(max-width: 1000px)').matches) byId('runs-panel').open = false;
  byId('skip').addEventListener('click', (event) => { event.preventDefault(); byId('chart').focus(); });
  byId('heat-run').addEventListener('change', (event) => state.update({ heat: event.target.value }));
  byId('task').addEventListener('change', (event) => state.update({ task: event.target.value || null }));
  byId('status-choice').addEventListener('change', (event) => state.update({ status: event.target.value || null, page: 0 }));
  byId('server-now').addEventListener('click', () => events.retryNow());
  byId('save-csv').addEventListener('click', () => saveText(csvOf(model), fileName(['sounding', model.corpus, model.metric.name], 'csv')));
  byId('save-png').addEventListener('click', () =>
    savePicture(chart.picture(`${model.metric.title}, corpus ${model.corpus}`), fileName(['sounding', model.corpus, model.metric.name], 'png')));
  byId('save-heat').addEventListener('click', () =>
    savePicture(heatMap.picture(), fileName(['sounding', model.corpus, model.metric.name, heatRun(), 'layers'], 'png')));
  byId('copy-link').addEventListener('click', copyLink);
  byId('theme-toggle').addEventListener('click', () => {
    rememberTheme(theme(state.view) === 'dark' ? 'light' : 'dark');
    state.update({ theme: null }, true);
    onTheme();
  });
  onSystemTheme(onTheme);
  onTheme();
  byId('token-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await openSession(byId('token').value);
    } catch (failure) {
      byId('token-error').textContent = failure.message;
      return;
    }
    needsToken = false;
    byId('token').value = '';
    byId('token-error').textContent = '';
    refresher.now('overview');
    events.retryNow();
  });
}

function onTheme() {
  const next = theme(state.view);
  applyTheme(next);
  byId('theme-toggle').textContent = next === 'dark' ? 'Light' : 'Dark';
  byId('theme-toggle').setAttribute('aria-label', next === 'dark' ? 'Light colours' : 'Dark colours');
  runList.recolour();
  if (overview !== null) for (const [name, answer] of answers) PARTS[name].show(answer);
}

/** Puts the whole view into the address, also what follows from what is newest, and copies it. */
async function copyLink() {
  state.update({ runs: selection.runs, corpus: selection.corpus }, true);
  const button = byId('copy-link');
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'In the address bar';
  }
  speak(button.textContent);
  setTimeout(() => { button.textContent = 'Copy link'; }, 2500);
}
