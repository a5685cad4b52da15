import {choice} from './controls.js';
import {make, range} from './dom.js';
import {round, short, ticks} from './numbers.js';

/** Okabe and Ito's colours, which the colour-blind can tell apart, with dashes for more methods. */
const HUES = 7;
const DASHES = ['', '7 4', '2 3', '10 3 2 3'];
const hue = (i) => `var(--method-${i % HUES})`;
const dashes = (i) => DASHES[Math.floor(i / HUES) % DASHES.length];
/** Drawn as wide as the page has room, so that letters keep their size. */
const WIDTH = Math.max(300, Math.min(560, document.documentElement.clientWidth - 60));
const NARROW = WIDTH < 480;
const LETTER = 7.8;

/** Lower and upper end of what is shown, a little wider than the numbers. */
function bounds(numbers) {
  const known = numbers.filter((value) => Number.isFinite(value));
  if (!known.length) return [0, 1];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const margin = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  return [low - margin, high + margin];
}

/** A row for each entry with its mean as a point and its interval as a line; long names stand above. */
export function intervalPlot(entries, {label, low, high}) {
  const named = 16 + LETTER * Math.max(...entries.map((entry) => entry.name.length + (entry.best ? 3 : 0)));
  const above = named > WIDTH / 2 || NARROW;
  const left = above ? 10 : named;
  const row = above ? 42 : 30;
  const [from, to] = low === undefined ? bounds(entries.flatMap((entry) => [entry.low, entry.high, entry.mean])) : [low - 0.3, high + 0.3];
  const right = !above && entries.some((entry) => entry.note) ? 110 : 18;
  const x = (value) => left + (value - from) / (to - from) * (WIDTH - left - right);
  const bottom = entries.length * row + 4;
  const height = bottom + 40;
  const grid = ticks(from, to, NARROW ? 4 : 6).flatMap((value) => [
    make('line', {class: 'grid', x1: x(value), x2: x(value), y1: 4, y2: bottom}),
    make('text', {class: 'small', x: x(value), y: bottom + 16, 'text-anchor': 'middle'}, round(value))]);
  const rows = entries.flatMap((entry, i) => {
    const y = above ? i * row + 32 : i * row + row / 2 + 4;
    const place = above ? {x: 0, y: y - 12} : {x: left - 12, y: y + 5, 'text-anchor': 'end'};
    const name = make('text', {...place, class: entry.best ? 'row best' : 'row'}, (entry.best ? '★ ' : '') + entry.name);
    if (!Number.isFinite(entry.mean)) return [name, make('text', {class: 'small', x: left + 4, y: y + 4}, 'no figure')];
    const note = entry.note && !NARROW ? make('text', {class: 'small', x: WIDTH, y: above ? y - 12 : y + 4, 'text-anchor': 'end'}, entry.note) : [];
    return [name, note,
      make('line', {class: 'interval', x1: x(entry.low), x2: x(entry.high), y1: y, y2: y}),
      make('circle', {class: 'mean', cx: x(entry.mean), cy: y, r: 5})].flat();
  });
  return make('svg', {class: 'plot', viewBox: `0 0 ${WIDTH} ${height}`, role: 'img',
    'aria-label': `${label}: ` + entries.map((entry) => `${entry.name} ${short(entry.mean)}`).join(', ')},
  grid, rows, make('text', {class: 'small', x: (left + WIDTH - right) / 2, y: height - 6, 'text-anchor': 'middle'}, label));
}

function path(points) {
  return points.map(([px, py], i) => `${i ? 'L' : 'M'}${px.toFixed(1)} ${py.toFixed(1)}`).join('');
}

/** Mean curves of the methods with the interval of the one that is chosen. */
export function curvePlot(lines) {
  const [left, bottom, height, right] = [56, 46, 300, 14];
  const values = (list) => list.map(Number);
  const xs = lines.flatMap((line) => values(line.positions));
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
  const [y0, y1] = bounds(lines.flatMap((line) => [...values(line.low), ...values(line.high), ...values(line.values)]));
  const x = (value) => left + (x1 > x0 ? (value - x0) / (x1 - x0) : 0.5) * (WIDTH - left - right);
  const y = (value) => height - bottom - (value - y0) / (y1 - y0) * (height - bottom - 10);
  const points = (line, name) => range(line.positions.length)
    .filter((i) => Number.isFinite(Number(line[name][i])))
    .map((i) => [x(Number(line.positions[i])), y(Number(line[name][i]))]);
  const drawing = make('g');

  function draw(chosen) {
    const line = lines[chosen];
    drawing.replaceChildren(
      make('path', {class: 'band', d: path([...points(line, 'low'), ...points(line, 'high').reverse()]) + 'Z', fill: hue(line.number)}),
      ...lines.map((other, i) => make('path', {class: i === chosen ? 'curve chosen' : 'curve', d: path(points(other, 'values')), stroke: hue(other.number), 'stroke-dasharray': dashes(other.number)})));
  }

  draw(0);
  const svg = make('svg', {class: 'plot', viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': `${lines[0].y} over ${lines[0].x}`},
    ticks(x0, x1 > x0 ? x1 : x0 + 1, NARROW ? 4 : 6).map((value) => make('text', {class: 'small', x: x(value), y: height - bottom + 16, 'text-anchor': 'middle'}, round(value))),
    ticks(y0, y1, 5).flatMap((value) => [
      make('line', {class: 'grid', x1: left, x2: WIDTH - right, y1: y(value), y2: y(value)}),
      make('text', {class: 'small', x: left - 6, y: y(value) + 4, 'text-anchor': 'end'}, round(value))]),
    drawing,
    make('text', {class: 'small', x: (left + WIDTH - right) / 2, y: height - 8, 'text-anchor': 'middle'}, lines[0].x),
    make('text', {class: 'small', x: 12, y: (height - bottom) / 2, 'text-anchor': 'middle', transform: `rotate(-90 12 ${(height - bottom) / 2})`}, lines[0].y));
  const keys = choice(lines.map((line) => make('span', {class: 'key'},
    make('svg', {width: 26, height: 10, 'aria-hidden': 'true'}, make('line', {x1: 1, x2: 25, y1: 5, y2: 5, stroke: hue(line.number), 'stroke-width': 3, 'stroke-dasharray': dashes(line.number)})),
    line.name)), 0, draw, 'whose interval is shown');
  return make('div', {class: 'curves'}, svg, keys);
}
