import {curvePlot, intervalPlot} from './comparison-plots.js';
import {choice} from './controls.js';
import {data} from './data.js';
import {make} from './dom.js';
import {pageHeader, show} from './frame.js';
import {oneOf, remember} from './state.js';
import {percent, short} from './numbers.js';

const BETTER = {higher: '↑ higher is better', lower: '↓ lower is better', neither: 'describes'};
const ARROW = {higher: '↑', lower: '↓', neither: ''};
const ALL = 'all';
let ranked = oneOf('ranked', [ALL, ...data.metrics.map((metric) => metric.name)], ALL);

const parametersOf = (parameters) => {
  const entries = Object.entries(parameters);
  return entries.length ? make('p', {class: 'parameters'}, entries.map(([name, value], i) =>
    [i ? ' · ' : '', name + ' ', make('code', {}, value)]).flat()) : '';
};

/** The numbers of the methods with the best mean; none where the metric has no direction. */
function bestOf(metric) {
  const means = metric.cells.map((cell) => Number(cell.mean));
  const known = means.filter((mean) => !Number.isNaN(mean));
  if (metric.better === 'neither' || !known.length) return [];
  const best = metric.better === 'higher' ? Math.max(...known) : Math.min(...known);
  return means.flatMap((mean, i) => (mean === best ? [i] : []));
}

function tableCell(metric, method) {
  const cell = metric.cells[method];
  const best = bestOf(metric).includes(method);
  const few = cell.images && cell.images < data.images
    ? make('span', {class: 'interval'}, `${cell.images} of ${data.images} images`) : '';
  return make('td', {class: best ? 'figure best' : 'figure', 'data-metric': metric.name, 'data-method': data.methods[method].name},
    make('span', {class: 'mean'}, best ? make('span', {class: 'mark', title: 'best mean'}, '★ ') : '', short(cell.mean)),
    Number.isFinite(Number(cell.mean)) ? make('span', {class: 'interval'}, `${short(cell.low)} … ${short(cell.high)}`) : '', few);
}

function table() {
  return make('section', {class: 'card'},
    make('h2', {}, 'All figures'),
    make('p', {class: 'soft'}, `Mean over ${data.images} ${data.images === 1 ? 'image' : 'images'}, with the 95 % interval by bootstrap over images. ★ marks the best mean of a metric; where intervals overlap, it is not sure.`),
    make('div', {class: 'scroll spaced', tabindex: '0', role: 'region', 'aria-label': 'All figures'},
      make('table', {class: 'figures'},
        make('thead', {}, make('tr', {}, make('th', {scope: 'col'}, 'method'),
          data.metrics.map((metric) => make('th', {scope: 'col', class: 'figure'},
            make('a', {href: '#' + metric.name, onclick: (event) => goTo(event, metric.name)}, metric.title), ' ',
            make('span', {title: BETTER[metric.better], 'aria-label': BETTER[metric.better]}, ARROW[metric.better]))))),
        make('tbody', {}, data.methods.map((method, i) => make('tr', {},
          make('th', {scope: 'row'}, make('div', {}, method.title)), data.metrics.map((metric) => tableCell(metric, i))))))));
}

/** Scrolls to a metric without putting it into the address, which holds the page's state. */
function goTo(event, name) {
  event.preventDefault();
  const section = document.getElementById(name);
  section.scrollIntoView({behavior: 'smooth'});
  section.focus({preventScroll: true});
}

const rankings = make('div');

function places() {
  const metric = data.metrics.find((one) => one.name === ranked);
  return metric ? metric.ranking : data.ranking;
}

function certainty(list) {
  if (!list.length) return 'This metric has no direction, so it ranks nothing.';
  const first = list[0];
  const title = data.methods[first.method].title;
  const sure = first.best >= 0.95 ? 'That is sure for images like these'
    : first.best >= 0.7 ? 'That is likely, but not sure' : 'That is far from sure';
  return `${title} is first with a probability of ${percent(first.best)} of being the best. ${sure}.`;
}

function drawRanking() {
  const list = places();
  const shown = list.map((place) => ({name: data.methods[place.method].title, mean: place.rank, low: place.low, high: place.high,
    note: `best with ${percent(place.best)}`}));
  rankings.replaceChildren(
    make('p', {class: 'spaced', id: 'certainty'}, certainty(list)),
    list.length ? intervalPlot(shown, {label: ranked === ALL ? 'mean rank over the metrics, 1 is the best' : 'rank, 1 is the best', low: 1, high: data.methods.length}) : '',
    list.length ? make('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Ranking'}, make('table', {class: 'ranking'},
      make('thead', {}, make('tr', {}, ['method', 'rank', '95 % interval', 'probability of being best'].map((head) => make('th', {scope: 'col'}, head)))),
      make('tbody', {}, list.map((place) => make('tr', {},
        make('th', {scope: 'row'}, data.methods[place.method].title),
        make('td', {class: 'number'}, short(place.rank)),
        make('td', {class: 'number'}, `${short(place.low)} … ${short(place.high)}`),
        make('td', {class: 'number'}, percent(place.best))))))) : '');
}

function ranking() {
  const names = [ALL, ...data.metrics.filter((metric) => metric.better !== 'neither').map((metric) => metric.name)];
  const titles = ['all metrics', ...names.slice(1).map((name) => data.metrics.find((metric) => metric.name === name).title)];
  drawRanking();
  return make('section', {class: 'card'},
    make('h2', {}, 'Which method is best, and how sure that is'),
    make('p', {class: 'soft'}, 'The images are drawn anew 2,000 times, with repetition, and the methods are ranked each time. With all metrics, each counts alike; several that measure the same count several times.'),
    make('div', {class: 'bar spaced'}, choice(titles, names.indexOf(ranked), (i) => { ranked = names[i]; remember({ranked}); drawRanking(); }, 'ranked by')),
    rankings);
}

function metricSection(metric) {
  const shown = data.methods.map((method, i) => {
    const cell = metric.cells[i];
    return {name: method.title, mean: Number(cell.mean), low: Number(cell.low), high: Number(cell.high), best: bestOf(metric).includes(i)};
  });
  const lines = data.methods.flatMap((method, i) => metric.cells[i].line.map((line) => ({name: method.title, number: i, ...line})));
  return make('section', {class: 'card', id: metric.name, tabindex: '-1'},
    make('h2', {}, metric.title), make('p', {}, make('b', {}, BETTER[metric.better])),
    make('p', {class: 'soft'}, metric.meaning), metric.source ? make('p', {class: 'source'}, metric.source) : '',
    parametersOf(metric.parameters),
    make('div', {class: 'plots'},
      intervalPlot(shown, {label: 'mean and 95 % interval'}),
      lines.length ? curvePlot(lines) : ''));
}

function methods() {
  return make('section', {class: 'card'}, make('details', {}, make('summary', {}, 'The methods and their parameters'),
    data.methods.map((method) => make('div', {class: 'spaced'}, make('b', {}, method.title), parametersOf(method.parameters)))));
}

function failed() {
  return make('section', {class: 'card failures'},
    make('h2', {}, data.failures.length === 1 ? '1 failure' : `${data.failures.length} failures`),
    make('div', {class: 'scroll', tabindex: '0'}, make('table', {}, data.failures.map(({image, what, reason}) =>
      make('tr', {}, make('th', {}, image), make('td', {}, what), make('td', {}, reason))))));
}

show(
  pageHeader(data.title, data.subtitle),
  ...(data.failures.length ? [failed()] : []),
  table(), ranking(), ...data.metrics.map(metricSection), methods(),
  make('footer', {}, 'Figures depend on the parameters that are named with each metric. All single figures are in evaluation.csv, everything else in evaluation.json.'));
