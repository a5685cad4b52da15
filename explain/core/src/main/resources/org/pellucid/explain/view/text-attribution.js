import {choice} from './controls.js';
import {data} from './data.js';
import {make, range} from './dom.js';
import {pageHeader, show} from './frame.js';
import {live} from './live.js';
import {short} from './numbers.js';
import {oneOf, remember, wholeNumber} from './state.js';
import {bars} from './text-attribution-bars.js';
import {editor} from './text-attribution-editor.js';
import {csv, exports} from './text-attribution-export.js';
import {layerMap} from './text-attribution-layers.js';
import {largest, signed} from './text-attribution-scale.js';
import {colouredText, legend} from './text-attribution-text.js';

const UNITS = ['words', 'tokens'];
const COUNTS = [10, 20, 1000];
let shown = data;
const view = {
  units: oneOf('units', UNITS, 'words'),
  method: wholeNumber('method', 0, data.methods.length - 1),
  count: wholeNumber('count', 0, COUNTS.length - 1),
  special: oneOf('special', ['shown', 'hidden'], 'shown'),
};

function words() {
  return shown.words.map((word) => word);
}

/** Tokens as units: those of a word stand together as it does. */
function tokens() {
  return shown.words.flatMap((word) => word.tokens.map((token, i) => ({
    ...word, text: shown.tokens[token], before: i === 0 ? word.before : '\u200b', tokens: [token],
  })));
}

const units = () => (view.units === 'words' ? words() : tokens());
const numbersOf = (method) => (view.units === 'words' ? method.byWord : method.byToken);
const figure = (method, name) => method.figures.find((candidate) => candidate.name === name)?.value;

/** What a method promises of its sum, and how far it misses it. */
function promise(method) {
  if (!method.delta) return '';
  const sum = method.byToken.reduce((total, value) => total + value, 0);
  const missing = figure(method, method.delta);
  const whole = figure(method, 'scoreDifference') ?? figure(method, 'score') ?? shown.score;
  const absorbed = figure(method, 'absorbed');
  const parts = [`sum ${signed(sum)}`];
  if (absorbed !== undefined) parts.push(`absorbed by biases and positions ${signed(absorbed)}`);
  parts.push(`should be ${signed(whole)}`, `missing ${signed(missing)} (${short(100 * Math.abs(missing / whole))} %)`);
  return parts.join(' · ');
}

function describe(list, i) {
  return [make('b', {}, list[i].text), make('div', {}, `token${list[i].tokens.length > 1 ? 's' : ''} ${list[i].tokens.join(', ')}`),
    ...shown.methods.map((method) => make('div', {}, `${method.title}: ${signed(numbersOf(method)[i])}`))];
}

/** All methods' texts, one above the other, each with a scale of its own. */
function comparison() {
  const list = units();
  const status = make('output', {class: 'status soft', role: 'status'});
  const look = (i) => {
    status.textContent = i < 0 ? '\u00a0' : `${list[i].text}: ` + shown.methods.map((method) => `${method.title} ${signed(numbersOf(method)[i])}`).join(', ');
  };
  look(-1);
  const cards = shown.methods.map((method, m) => {
    const numbers = numbersOf(method);
    const scale = largest(numbers);
    return make('section', {class: 'method', 'data-method': method.name},
      make('h3', {}, make('button', {'aria-pressed': String(m === view.method), onclick: () => { view.method = m; draw(); }}, method.title)),
      colouredText({units: list, numbers, scale, describe: (i) => describe(list, i), chosen: look}),
      legend(scale),
      make('p', {class: 'soft promise'}, promise(method)));
  });
  return make('section', {class: 'card'}, make('div', {class: 'methods'}, cards), status);
}

function figures(method) {
  const rows = method.figures.map(({name, value, meaning}) => make('tr', {},
    make('th', {scope: 'row'}, name), make('td', {class: 'number'}, value === undefined ? '–' : short(value)), make('td', {class: 'soft'}, meaning)));
  const parameters = Object.entries(method.parameters).map(([name, value]) => `${name} ${value}`).join(', ');
  return make('div', {class: 'details'}, make('p', {}, method.sentence),
    make('p', {class: 'soft'}, [parameters, `${short(method.seconds)} s`].filter(Boolean).join(' · ')),
    make('div', {class: 'scroll'}, make('table', {}, make('tbody', {}, rows))));
}

function details() {
  const method = shown.methods[view.method];
  const drawing = bars(units(), numbersOf(method), COUNTS[view.count], -1);
  return make('section', {class: 'card'},
    make('h2', {}, `${method.title}: ${view.units} by their numbers`),
    make('div', {class: 'bar spaced'},
      choice(['10', '20', 'all'], view.count, (i) => { view.count = i; draw(); }, 'how many'),
      exports({
        table: () => csv(units(), shown.methods, numbersOf),
        json: () => JSON.stringify(shown, null, 1),
        drawing: () => drawing,
      })),
    make('div', {class: 'two'}, make('div', {class: 'scroll', tabindex: '0'}, drawing), figures(method)));
}

function layers() {
  if (!shown.layers.length) return '';
  const list = units();
  const rows = shown.layers.map((row) => list.map((unit) => unit.tokens.reduce((sum, token) => sum + row[token], 0)));
  return make('section', {class: 'card'}, make('h2', {}, 'Layer by layer'),
    make('p', {class: 'soft'}, 'Integrated Gradients at every hidden state: where the number is still to be read, and where it has moved to. Layer 0 is the embeddings.'),
    legend(largest(rows.flat())),
    make('div', {class: 'scroll', tabindex: '0'}, layerMap({units: list, rows, deltas: shown.deltas, difference: shown.difference})));
}

function controls() {
  return make('div', {class: 'bar'},
    choice(['Words', 'Tokens'], UNITS.indexOf(view.units), (i) => { view.units = UNITS[i]; draw(); }, 'units'));
}

function draw() {
  view.method = Math.min(view.method, shown.methods.length - 1);
  remember({units: view.units, method: view.method, count: view.count});
  content.replaceChildren(controls(), comparison(), details(), layers());
}

const content = make('div');
const heading = make('div');

function begin(found) {
  shown = found;
  heading.replaceChildren(pageHeader(shown.title, `${shown.model} · ${shown.asked}: ${short(shown.score)} · each word is coloured by what it adds`));
  draw();
}

show(heading, live ? editor(begin) : '', content);
begin(data);
