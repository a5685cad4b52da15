import {colour} from './colour.js';
import {make, range} from './dom.js';
import {METRICS, table} from './distance-data.js';
import {hideTip, showTip} from './tip.js';

const STEPS = 60;
const TOP = 22;
/** A smaller cell has no room for its number. */
const READABLE = 26;
const TREE = 110;
const ROWS = 22;

/** The lowest and highest number of some tables. */
export function rangeOf(tables) {
  const values = tables.flat(2);
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return {low, high};
}

export const share = ({low, high}, value) => (high > low ? (value - low) / (high - low) : 0);

/** Numbers as short as a cell needs them. */
const written = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2)).replace('-', '−');

/** A word's sentence with the word emphasised. */
export function sentenceText({text, start, end}) {
  return [text.slice(0, start), make('mark', {}, text.slice(start, end)), text.slice(end)];
}

function cell(page, metric, order, size, scale, value, i, j) {
  const level = share(scale, value);
  const lines = [order[i], order[j]].map((k) => make('div', {}, `${page.sentences[k].number} `, ...sentenceText(page.sentences[k])));
  const rect = make('rect', {
    x: j * size, y: i * size + TOP, width: size - (size > 12 ? 2 : 0), height: size - (size > 12 ? 2 : 0), rx: size > 12 ? 4 : 0, fill: colour('viridis', level),
    onmousemove: (event) => showTip(event, ...lines, make('b', {}, `${METRICS[metric]} ${value.toFixed(4)}`)), onmouseleave: hideTip,
  });
  return size < READABLE ? [rect]
    : [rect, make('text', {class: level > 0.6 ? 'cell on-bright' : 'cell', x: (j + 0.5) * size - 1, y: (i + 0.5) * size + TOP - 1, style: `font-size:${Math.min(13, size / 2.9).toFixed(1)}px`}, written(value))];
}

function legend(scale, x, height) {
  const step = height / STEPS;
  return [
    ...range(STEPS).map((s) => make('rect', {x, y: TOP + (STEPS - 1 - s) * step, width: 14, height: step + 1, fill: colour('viridis', s / (STEPS - 1))})),
    make('text', {class: 'small', x: x + 18, y: TOP + 10}, written(scale.high)),
    make('text', {class: 'small', x: x + 18, y: TOP + height}, written(scale.low))];
}

/** The tree of a layer's clusters beside its rows; longer branches are farther apart. */
function tree(page, layer, order, size, x) {
  const merges = page.trees[layer];
  const count = order.length;
  const farthest = Math.max(...merges.map((merge) => merge[2]), 1e-12);
  const nodes = new Map(order.map((i, row) => [i, {x, y: (row + 0.5) * size + TOP - 1}]));
  return merges.map(([first, second, distance], m) => {
    const [a, b] = [nodes.get(first), nodes.get(second)];
    const at = x + 6 + distance / farthest * (TREE - 12);
    nodes.set(count + m, {x: at, y: (a.y + b.y) / 2});
    return make('path', {class: 'branch', d: `M${a.x},${a.y}H${at.toFixed(1)}V${b.y}H${b.x}`});
  });
}

/** A layer's matrix as a drawing; in the tree's order with the tree. */
export function matrixDrawing(page, {metric, layer, order, arrangement, size, scale, numbered}) {
  const values = table(page, metric, layer, order);
  const n = order.length;
  const side = n * size;
  const columns = size >= 14;
  const rows = numbered && columns;
  const hasTree = arrangement === 'tree';
  const left = side + 4 + (hasTree ? TREE : 0);
  const start = rows ? ROWS : 0;
  const width = start + left + 62;
  const height = Math.max(side + TOP + 4, 80);
  const number = (k, attributes) => make('text', {class: `small group-${page.sentences[k].group % 6}`, ...attributes}, String(page.sentences[k].number));
  return make('svg', {viewBox: `${-start} 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': `${METRICS[metric]} of ${n} sentences at layer ${layer}`},
    values.flatMap((row, i) => row.flatMap((value, j) => cell(page, metric, order, size, scale, value, i, j))),
    columns ? order.map((k, j) => number(k, {x: (j + 0.5) * size - 1, y: 14, 'text-anchor': 'middle'})) : [],
    rows ? order.map((k, i) => number(k, {x: -6, y: (i + 0.5) * size + TOP + 3, 'text-anchor': 'end'})) : [],
    hasTree ? tree(page, layer, order, size, side + 2) : [],
    legend(scale, left + 8, Math.max(side - 2, 60)));
}

/** A layer's matrix without numbers, a pixel for each cell. */
export function thumbnail(page, metric, layer, order, scale) {
  const n = order.length;
  const canvas = make('canvas', {width: n, height: n, class: 'thumbnail'});
  const context = canvas.getContext('2d');
  table(page, metric, layer, order).forEach((row, i) => row.forEach((value, j) => {
    context.fillStyle = colour('viridis', share(scale, value));
    context.fillRect(j, i, 1, 1);
  }));
  return canvas;
}
