import {data} from './data.js';
import {make} from './dom.js';
import {pageHeader, show} from './frame.js';
import {count, short} from './numbers.js';
import {saveCsv, savePng, saveSvg, savers} from './save-file.js';
import {stepChart} from './step-chart.js';
import {hideTip, showTip} from './tip.js';

const steps = data.losses.length;
const points = (values) => values.map((value, i) => [i + 1, value]);

/** The mean over a fiftieth of the steps before each, so that single batches don't hide the way. */
function smoothed(values) {
  const width = Math.max(1, Math.round(values.length / 50));
  let sum = 0;
  return values.map((value, i) => {
    sum += value - (i >= width ? values[i - width] : 0);
    return sum / Math.min(i + 1, width);
  });
}

const smooth = smoothed(data.losses);
const upTo = (values) => [0, Math.max(...values) * 1.05 || 1];

const CHARTS = [
  {title: 'Loss', note: 'Before each step, the mean over its examples; the thick line is the mean over the last fiftieth of all steps.',
    name: 'loss', wide: true, bounds: upTo(data.losses),
    lines: [{name: 'step', class: 'each', points: points(data.losses)}, {name: 'mean', class: 'mean', points: points(smooth)}]},
  ...(data.evaluations.length ? [{title: 'Exact match and F1', note: `In per cent, on ${count(data.evaluations[0].questions)} questions that were not learnt.`,
    name: 'evaluations', wide: true, bounds: [0, 100],
    lines: [
      {name: 'F1', class: 'first', dots: true, points: data.evaluations.map((e) => [e.step, e.f1])},
      {name: 'exact match', class: 'second', dots: true, points: data.evaluations.map((e) => [e.step, e.exactMatch])}]}] : []),
  {title: 'Learning rate', note: '', name: 'learning-rate', bounds: upTo(data.learningRates), lines: [{name: 'learning rate', class: 'mean', points: points(data.learningRates)}]},
  {title: 'Gradient norm', note: 'Before clipping.', name: 'gradient-norm', bounds: upTo(data.gradientNorms), lines: [{name: 'gradient norm', class: 'mean', points: points(data.gradientNorms)}]},
];

const rows = () => [['step', 'epoch', 'loss', 'learning rate', 'gradient norm'],
  ...data.losses.map((loss, i) => [i + 1, data.epochs[i], loss, data.learningRates[i], data.gradientNorms[i]])];

function told(event, step) {
  if (!step) {
    hideTip();
    return;
  }
  const i = step - 1;
  showTip(event, make('b', {}, `Step ${count(step)}, epoch ${data.epochs[i]}`),
    ...[['loss', data.losses[i]], ['mean', smooth[i]], ['learning rate', data.learningRates[i]], ['gradient norm', data.gradientNorms[i]]]
      .map(([name, value]) => make('div', {}, `${name} ${short(value)}`)));
}

const legend = (lines) => make('div', {class: 'bar legend'}, lines.map((line) => make('span', {class: 'sample'},
  make('svg', {viewBox: '0 0 22 12', width: 22, height: 12}, make('path', {class: `curve ${line.class}`, d: 'M0 6L22 6'})),
  line.name, make('b', {}, short(line.points.at(-1)[1])))));

function card(chart) {
  const room = Math.min(1240, document.documentElement.clientWidth - 72);
  const width = chart.wide || room < 760 ? room : Math.floor(room / 2) - 30;
  const last = chart.lines.map((line) => `${line.name} from ${short(line.points[0][1])} to ${short(line.points.at(-1)[1])}`).join(', ');
  const svg = stepChart({...chart, steps, onStep: told, width, height: width < 500 ? 210 : 260, label: `${chart.title} over ${steps} steps: ${last}`});
  return make('section', {class: chart.wide ? 'card' : 'card half'}, make('h2', {}, chart.title), make('p', {class: 'soft'}, chart.note), legend(chart.lines), svg,
    make('div', {class: 'bar spaced'}, savers({SVG: () => saveSvg(chart.name, svg), PNG: () => savePng(chart.name, svg), ...(chart.name === 'loss' ? {CSV: () => saveCsv('steps', rows())} : {})})));
}

function evaluations() {
  if (!data.evaluations.length) return [];
  return make('section', {class: 'card half'}, make('h2', {}, 'Evaluations'), make('table', {class: 'spaced figures'},
    make('thead', {}, make('tr', {}, ['after step', 'exact match', 'F1'].map((name) => make('th', {scope: 'col'}, name)))),
    make('tbody', {}, data.evaluations.map((e) => make('tr', {}, [count(e.step), `${e.exactMatch.toFixed(2)} %`, `${e.f1.toFixed(2)} %`].map((text) => make('td', {class: 'number'}, text)))))));
}

function settings() {
  return make('section', {class: 'card half'}, make('h2', {}, 'Settings'), make('table', {class: 'spaced'},
    make('tbody', {}, Object.entries(data.facts).map(([name, value]) => make('tr', {}, make('th', {scope: 'row'}, name),
      make('td', {class: 'fact', dir: 'auto'}, typeof value === 'number' && Number.isInteger(value) ? count(value) : String(value)))))));
}

function render() {
  hideTip();
  show(pageHeader(data.title, `${data.model} · ${count(steps)} steps of ${count(data.facts.batch * data.facts.accumulate)} examples`),
    make('div', {class: 'tuning'}, CHARTS.map(card), evaluations(), settings()));
}

addEventListener('resize', render);
render();
