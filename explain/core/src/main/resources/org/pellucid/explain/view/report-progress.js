import {data} from './data.js';
import {make} from './dom.js';
import {count} from './numbers.js';
import {entries, failures, summary} from './report-entries.js';
import {remember, stored} from './state.js';

const SECOND = 1000;
const LEAST = 5 * SECOND;
/** Loading is at most this share of the time between two reloads. */
const SHARE = 20;
/** After so long without a result a run is taken for one that was killed. */
const SILENCE = 10 * 60 * SECOND;

function ago(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / SECOND));
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;
}

/** How far an unfinished report is; it loads itself again while `isBusy` doesn't hold. */
export function progress(isBusy) {
  const done = entries.length + failures.length;
  const far = data.images ? `${count(done)} of ${count(data.images)} images` : `${count(done)} images`;
  if (summary?.finished) return [];
  if (summary) {
    return [make('section', {class: 'card progress early'}, make('p', {}, make('b', {}, 'The run ended early'), ` after ${far}. What follows is whole.`))];
  }
  const silence = Date.now() - Date.parse(document.lastModified);
  const silent = silence > SILENCE;
  const note = make('p', {}, make('b', {}, silent ? 'The run may have been stopped' : 'The run goes on'),
    ` · ${far}, the last ${ago(silence)} ago`);
  const refresh = make('input', {
    type: 'checkbox', checked: stored('refresh') === 'off' ? undefined : '',
    onchange: () => remember({refresh: refresh.checked ? 'on' : 'off'}),
  });
  const wait = Math.max(LEAST, SHARE * performance.now(), silent ? SILENCE / 10 : 0);
  setInterval(() => { if (refresh.checked && !document.hidden && !isBusy()) location.reload(); }, wait);
  return [make('section', {class: 'card progress', role: 'status'},
    make('div', {class: 'bar'}, note, make('label', {}, refresh, 'show new results')),
    data.images ? make('progress', {max: data.images, value: done, 'aria-label': 'progress'}) : '')];
}
