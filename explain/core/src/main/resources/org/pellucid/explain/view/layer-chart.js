import {make, range} from './dom.js';
import {round, ticks} from './numbers.js';

const LEFT = 44;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 24;

/** A little more than what the numbers span. */
function bounds(lines, floor) {
  const all = lines.flatMap((line) => [...line.values]);
  const [low, high] = [Math.min(...all, floor ?? Infinity), Math.max(...all)];
  const margin = (high - low) * 0.08 || Math.abs(high) * 0.1 || 0.1;
  return [low - margin, high + margin];
}

/**
 * Curves over the layers. `lines` have a name, a class and values; `band` is a range of layers to
 * emphasise, `layer` the one shown, and a click chooses another.
 */
export function layerChart({lines, layer, band, strongest, onLayer, width = 300, height = 150, label}) {
  const count = lines[0].values.length;
  const [low, high] = bounds(lines);
  const step = (width - LEFT - RIGHT) / Math.max(1, count - 1);
  const x = (at) => LEFT + at * step;
  const y = (value) => TOP + (high - value) / (high - low) * (height - TOP - BOTTOM);
  const every = Math.ceil(count / Math.max(2, (width - LEFT) / 26));
  const marks = ticks(low, high, 3);
  const described = lines.map((line) => `${line.name}: ${[...line.values].map((value, l) => `layer ${l} ${value.toFixed(3)}`).join(', ')}`).join('; ');
  return make('svg', {
    class: 'chart', viewBox: `0 0 ${width} ${height}`, width: '100%', role: 'img', 'aria-label': `${label}. ${described}`,
    onclick: (event) => {
      const box = event.currentTarget.getBoundingClientRect();
      const at = Math.round(((event.clientX - box.left) / box.width * width - LEFT) / step);
      onLayer(Math.min(count - 1, Math.max(0, at)));
    },
  },
  band ? make('rect', {class: 'band', x: x(band[0]) - step * 0.45, width: x(band[1]) - x(band[0]) + step * 0.9, y: TOP, height: height - TOP - BOTTOM}) : [],
  marks.flatMap((mark) => [
    make('line', {class: 'grid', x1: LEFT, x2: width - RIGHT, y1: y(mark), y2: y(mark)}),
    make('text', {class: 'small', x: LEFT - 6, y: y(mark) + 4, 'text-anchor': 'end'}, round(mark).replace('-', '−'))]),
  range(count).filter((l) => l % every === 0).map((l) => make('text', {class: 'small', x: x(l), y: height - 8, 'text-anchor': 'middle'}, String(l))),
  make('line', {class: 'now', x1: x(layer), x2: x(layer), y1: TOP, y2: height - BOTTOM}),
  lines.flatMap((line) => [
    make('path', {class: `curve ${line.class}`, d: [...line.values].map((value, l) => `${l ? 'L' : 'M'}${x(l).toFixed(1)} ${y(value).toFixed(1)}`).join('')}),
    make('circle', {class: `dot ${line.class}`, cx: x(layer), cy: y(line.values[layer]), r: 3.5})]),
  strongest === undefined ? [] : make('circle', {class: 'peak', cx: x(strongest), cy: y(lines[0].values[strongest]), r: 6.5}));
}

/** The names of a chart's lines with their values at a layer. */
export function chartLegend(lines, layer) {
  return make('div', {class: 'bar chart-legend'}, lines.map((line) => make('span', {class: 'legend'},
    make('svg', {viewBox: '0 0 18 12', class: 'sample'}, make('path', {class: `curve ${line.class}`, d: 'M0 6L18 6'})),
    line.name, make('b', {}, line.values[layer].toFixed(3)))));
}
