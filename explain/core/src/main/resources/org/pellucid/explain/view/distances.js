import {checkbox, choice, layerControl} from './controls.js';
import {data} from './data.js';
import {METRICS, compared, decoded, extremes, gap, isSimilarity, orderOf, table} from './distance-data.js';
import {matrixDrawing, rangeOf, sentenceText, thumbnail} from './distance-matrix.js';
import {make, range} from './dom.js';
import {pageHeader, show} from './frame.js';
import {chartLegend, layerChart} from './layer-chart.js';
import {liveForm} from './live-form.js';
import {saveCsv, savePng, saveSvg, savers} from './save-file.js';
import {oneOf, remember, stored, wholeNumber} from './state.js';

const NAMES = Object.keys(METRICS);
const ORDERS = {group: 'by group', file: 'as in the file', tree: 'by the tree'};
const ORDER_NAMES = Object.keys(ORDERS);

let page = decoded(data);
const view = {
  metric: oneOf('metric', NAMES, page.metric),
  layer: wholeNumber('layer', page.layer, page.layers - 1),
  order: oneOf('order', ORDER_NAMES, 'group'),
  common: stored('common') === '1',
};

const caption = make('h2', {'aria-live': 'polite'});
const summary = make('p', {class: 'soft'});
const body = make('div', {class: 'spaced'});
const curve = make('div');
const multiples = make('div', {class: 'multiples spaced'});
const layers = layerControl((layer) => change({layer}));

function change(changes) {
  Object.assign(view, changes);
  draw();
}

const tables = (metric, layer) => table(page, metric, layer, range(page.sentences.length));

/** The numbers that the colours span: of the layer shown, or of all. */
function scaleOf(layer) {
  return rangeOf(view.common ? range(page.layers).map((l) => tables(view.metric, l)) : [tables(view.metric, layer)]);
}

/** The best side of a cell for the room there is. */
function cellSize() {
  const n = page.sentences.length;
  const wide = innerWidth >= 900;
  const room = document.documentElement.clientWidth - (wide ? 560 : 160) - (view.order === 'tree' ? 110 : 0);
  return Math.max(n > 60 ? 3 : 12, Math.min(52, Math.floor(room / n)));
}

/** Whether each sentence stands beside its row. */
const isAligned = (size) => innerWidth >= 900 && size >= 20;

const groupMark = (group) => make('span', {class: `group group-${group % 6}`}, page.groups[group]);

function sentences(order, size) {
  const aligned = isAligned(size);
  return make('div', {class: aligned ? 'sentences aligned' : 'sentences'}, order.map((k) => make('div', {class: 'sentence', style: aligned ? `height:${size}px` : undefined},
    make('span', {class: 'words', dir: 'auto', title: page.sentences[k].text}, ...sentenceText(page.sentences[k])), page.groups.length > 1 ? groupMark(page.sentences[k].group) : [],
    make('span', {class: 'soft number'}, String(page.sentences[k].number)))));
}

/** What the numbers say of the groups at the layer. */
function told() {
  const here = gap(page, view.metric, view.layer);
  if (here === undefined) return 'With one group there is nothing to set apart; give groups, or more sentences.';
  const all = range(page.layers).map((layer) => gap(page, view.metric, layer));
  const best = all.indexOf(Math.max(...all));
  const {allWithin, between} = page.means[view.metric];
  const {within, between: across, apart} = extremes(page, view.metric, view.layer);
  const [kind, other] = isSimilarity(view.metric) ? ['least', 'largest'] : ['largest', 'least'];
  return `Within groups ${allWithin[view.layer].toFixed(3)} on average, between groups ${between[view.layer].toFixed(3)}. `
    + (apart ? `Every pair within a group is nearer than every pair of two groups` : `Some pairs of two groups are nearer than some within one`)
    + ` (${kind} within ${within.toFixed(3)}, ${other} between ${across.toFixed(3)}). The groups are farthest apart at layer ${best}.`;
}

function curves() {
  const {within, between} = page.means[view.metric];
  const lines = [
    ...within.map((values, group) => ({name: `within ${page.groups[group]}`, class: `group-${group % 6}`, values})),
    {name: 'between groups', class: 'between', values: between}].filter(({values}) => values.length);
  if (!lines.length) return [];
  const width = Math.min(760, Math.max(300, document.documentElement.clientWidth - 80));
  return [chartLegend(lines, view.layer),
    layerChart({lines, layer: view.layer, onLayer: (layer) => change({layer}), width, height: width < 500 ? 220 : 260, label: `${METRICS[view.metric]} within and between groups`})];
}

function csv() {
  const order = orderOf(page, view.order, view.layer);
  return [['sentence', ...order.map((k) => page.sentences[k].number)],
    ...order.map((i) => [page.sentences[i].text, ...order.map((j) => compared(page, view.metric, view.layer, i, j))])];
}

function draw() {
  const order = orderOf(page, view.order, view.layer);
  const size = cellSize();
  const svg = matrixDrawing(page, {...view, order, arrangement: view.order, size, scale: scaleOf(view.layer), numbered: !isAligned(size)});
  caption.textContent = `${METRICS[view.metric]}, layer ${view.layer}`;
  summary.textContent = told();
  layers.set(page.layers, view.layer);
  const name = `${view.metric}-layer-${view.layer}`;
  body.replaceChildren(
    make('div', {class: 'matrix'}, sentences(order, size), make('div', {class: 'scroll', tabindex: '0'}, svg)),
    make('div', {class: 'bar spaced'}, savers({SVG: () => saveSvg(name, svg), PNG: () => savePng(name, svg), CSV: () => saveCsv(name, csv())})));
  curve.replaceChildren(...curves());
  multiples.replaceChildren(...range(page.layers).map((layer) => make('button', {
    onclick: () => change({layer}), 'aria-label': `layer ${layer}`, 'aria-pressed': String(layer === view.layer),
  }, make('div', {class: 'soft'}, `Layer ${layer}`), thumbnail(page, view.metric, layer, orderOf(page, view.order, layer), scaleOf(layer)))));
  remember({metric: view.metric, layer: view.layer, order: view.order, common: view.common ? 1 : 0});
}

function received(answer) {
  page = decoded(answer);
  Object.assign(view, {layer: Math.min(view.layer, page.layers - 1)});
  render();
}

function groupsTold() {
  if (page.groups.length < 2) return 'one group';
  return `${page.groups.length} groups ${page.groupsGiven ? 'as given' : `found by average linkage of cosine distances at layer ${page.layer}`}`;
}

function render() {
  const what = page.word ? `the vectors of “${page.word}”` : 'the vectors of a span each';
  show(
    pageHeader(page.title, `${page.model} · ${what} in ${page.sentences.length} sentences · ${groupsTold()}`),
    ...[liveForm([
      {name: 'word', label: 'Word'},
      {name: 'sentences', label: 'Sentences, one a line', long: true, separator: '\n'},
      {name: 'groups', label: 'Groups, one for each line, between commas (empty: found)', separator: ','}], received, () => ({layer: view.layer, metric: view.metric}))].flat(),
    ...(page.failures.length ? [make('section', {class: 'card', role: 'note'}, make('h2', {}, 'Not compared'), page.failures.map((failure) => make('p', {dir: 'auto'}, failure)))] : []),
    make('section', {class: 'card'}, caption, summary,
      make('div', {class: 'bar spaced'},
        choice(Object.values(METRICS), NAMES.indexOf(view.metric), (i) => change({metric: NAMES[i]}), 'metric'),
        layers.element,
        choice(Object.values(ORDERS), ORDER_NAMES.indexOf(view.order), (i) => change({order: ORDER_NAMES[i]}), 'order'),
        checkbox('same colours in all layers', view.common, (common) => change({common}))),
      body),
    make('section', {class: 'card'}, make('h2', {}, 'Within and between groups over the layers'),
      make('p', {class: 'soft'}, 'Mean of all pairs; a click goes to a layer.'), curve),
    make('section', {class: 'card'}, make('h2', {}, 'All layers'), multiples));
  draw();
}

addEventListener('resize', draw);
render();
