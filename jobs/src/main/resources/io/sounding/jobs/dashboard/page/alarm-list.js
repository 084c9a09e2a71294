/** Alarms in words: the open ones on top of the page, all of them in their tab. */

import { age, byId, element, showIn } from './dom.js';
import { counted, whole } from './format.js';

const MOST_ON_TOP = 3;

/**
 * The banner: a line an open alarm.
 * @param {Object[]} alarms the API's, newest first
 * @param {function(Object)} look shows an alarm's run and metric in the chart
 * @param {function(string)} speak says what is on top of it, once
 */
export function showAlarmBanner(alarms, look, speak) {
  const open = alarms.filter((alarm) => alarm.open);
  const runs = new Set(open.map((alarm) => alarm.run));
  const banner = byId('alarm-banner');
  banner.hidden = open.length === 0;
  banner.dataset.open = open.length;
  showIn(banner, open, () => {
    const title = runs.size === 1 ? `Run ${[...runs][0]} is out of bounds` : `${counted(runs.size, 'run')} are out of bounds`;
    if (open.length > 0) speak(title);
    const ordered = [...open].sort((a, b) => (a.metric === 'rankMe' ? 0 : 1) - (b.metric === 'rankMe' ? 0 : 1));
    const lines = ordered.map((alarm) => line(alarm, look));
    const rest = lines.slice(MOST_ON_TOP);
    return [
      element('h2', {}, element('span', { class: 'sign', 'aria-hidden': 'true' }, '!'), title),
      element('ul', {}, ...lines.slice(0, MOST_ON_TOP)),
      rest.length === 0 ? '' : element('details', {}, element('summary', {}, counted(rest.length, 'more alarm')), element('ul', {}, ...rest)),
    ];
  });
}

/** The tab: raised and cleared ones. */
export function showAlarmList(answer, look) {
  byId('alarms-empty').hidden = answer.alarms.length > 0;
  byId('alarm-count').textContent = answer.total > answer.alarms.length
    ? `The newest ${whole(answer.alarms.length)} of ${whole(answer.total)} alarms.` : '';
  showIn(byId('alarm-list'), answer.alarms, () => answer.alarms.map((alarm) =>
    element('li', { class: alarm.open ? 'open' : 'past' },
      element('span', { class: `badge ${alarm.open ? 'alarm' : ''}` }, alarm.state === 'CLEARED' ? 'cleared' : alarm.open ? 'open' : 'over'),
      ...words(alarm),
      element('span', { class: 'faint' }, ' ', age(alarm.emittedAt), ' '),
      lookButton(alarm, look))));
}

function line(alarm, look) {
  return element('li', {}, ...words(alarm), ' ', lookButton(alarm, look));
}

function words(alarm) {
  return [element('strong', {}, `${alarm.run}, step ${whole(alarm.step)}: `), alarm.reason];
}

function lookButton(alarm, look) {
  return element('button', {
    type: 'button', class: 'link', onclick: () => look(alarm), 'aria-label': `Show in the chart: ${alarm.metric} of run ${alarm.run}`,
  }, 'Show in the chart');
}
