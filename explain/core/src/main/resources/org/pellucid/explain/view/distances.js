import {colour} from './colour.js';
import {choice, layerControl} from './controls.js';
import {data} from './data.js';
import {make, range} from './dom.js';
import {pageHeader, show} from './frame.js';
import {oneOf, remember, wholeNumber} from './state.js';
import {hideTip, showTip} from './tip.js';

const CELL = 56;
const METRICS = {euclidean: 'Euclidean distance', cosine: 'Cosine similarity'};
const NAMES = Object.keys(METRICS);
const STEPS = 60;
/** Blank lines have no vector, but keep their numbers. */
const kept = range(data.sentences.length).filter((i) => data.sentences[i].trim());
const body = make('div', {class: 'scroll', tabindex: '0'});
const caption = make('h2');
const layers = layerControl((chosen) => { layer = chosen; draw(); });
let metric = oneOf('metric', NAMES, data.metric);
let layer = wholeNumber('layer', data.layer, data.euclidean.length - 1);

/** A sentence with the word compared emphasised. */
function sentence(text) {
  const at = text.indexOf(data.word);
  return at < 0 ? [text] : [text.slice(0, at), make('mark', {}, data.word), text.slice(at + data.word.length)];
}

function cell(value, share, i, j) {
  const x = j * CELL;
  const y = i * CELL + 22;
  return [
    make('rect', {
      x, y, width: CELL - 2, height: CELL - 2, rx: 4, fill: colour('viridis', share),
      onmousemove: (event) => showTip(event, make('div', {}, `${kept[i]} ${data.sentences[kept[i]]}`), make('div', {}, `${kept[j]} ${data.sentences[kept[j]]}`), make('b', {}, value.toFixed(4))),
      onmouseleave: hideTip,
    }),
    make('text', {class: share > 0.6 ? 'cell on-bright' : 'cell', x: x + CELL / 2 - 1, y: y + CELL / 2 - 1}, value.toFixed(2)),
  ];
}

function scale(low, high, n) {
  const x = n * CELL + 24;
  const height = (n * CELL - 2) / STEPS;
  return [
    ...range(STEPS).map((s) => make('rect', {
      x, y: 22 + (STEPS - 1 - s) * height, width: 18, height: height + 1, fill: colour('viridis', s / (STEPS - 1)),
    })),
    make('text', {class: 'small', x: x + 24, y: 32}, high.toFixed(2)),
    make('text', {class: 'small', x: x + 24, y: n * CELL + 20}, low.toFixed(2)),
  ];
}

function draw() {
  const matrix = kept.map((i) => kept.map((j) => data[metric][layer][i][j]));
  const n = matrix.length;
  const values = matrix.flat();
  const low = Math.min(...values);
  const high = Math.max(...values);
  const share = (value) => (high > low ? (value - low) / (high - low) : 0);
  const [width, height] = [n * CELL + 110, n * CELL + 26];
  const svg = make('svg', {viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': 'matrix'},
    matrix.flatMap((row, i) => row.flatMap((value, j) => cell(value, share(value), i, j))),
    range(n).map((j) => make('text', {class: 'small', x: j * CELL + CELL / 2, y: 14, 'text-anchor': 'middle'}, String(kept[j]))),
    scale(low, high, n));
  const sentences = kept.map((i) => make('div', {class: 'sentence', style: `height:${CELL}px`},
    make('span', {}, ...sentence(data.sentences[i])), make('span', {class: 'soft'}, String(i))));
  caption.textContent = `${METRICS[metric]}, layer ${layer}`;
  layers.set(data.euclidean.length, layer);
  body.replaceChildren(make('div', {class: 'matrix'}, make('div', {class: 'sentences'}, sentences), svg));
  remember({metric, layer});
}

show(
  pageHeader(data.title, `${data.model} · the vectors of “${data.word}” in ${kept.length} sentences`),
  make('section', {class: 'card'}, caption,
    make('div', {class: 'bar spaced'},
      choice(Object.values(METRICS), NAMES.indexOf(metric), (i) => { metric = NAMES[i]; draw(); }, 'metric'),
      layers.element),
    body));
draw();
