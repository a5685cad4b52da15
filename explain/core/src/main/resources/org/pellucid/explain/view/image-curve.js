import {make} from './dom.js';
import {picture} from './image-maps.js';
import {short} from './numbers.js';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [560, 240, 62, 14, 12, 46];

/** A curve with the image behind the point that is under the pointer, or chosen by the arrow keys. */
export function curveView(curve) {
  const {positions, values} = curve;
  const finite = values.map(Number).filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...finite), Math.max(...finite, 0)];
  const [first, last] = [Math.min(...positions), Math.max(...positions)];
  const x = (position) => LEFT + (last > first ? (position - first) / (last - first) : 0.5) * (WIDTH - LEFT - RIGHT);
  const y = (value) => HEIGHT - BOTTOM - (high > low ? (value - low) / (high - low) : 0.5) * (HEIGHT - TOP - BOTTOM);
  const places = positions.map((position, i) => [x(position), y(Number(values[i]))]).filter(([, at]) => Number.isFinite(at));
  const line = places.map(([a, b], i) => `${i ? 'L' : 'M'}${a.toFixed(1)},${b.toFixed(1)}`).join('');
  const marker = make('circle', {r: 5.5, class: 'marker'});
  const readout = make('p', {class: 'readout', role: 'status'});
  const shown = make('div', {class: 'behind'});
  const text = (content, at) => make('text', {class: 'small', ...at}, content);
  const svg = make('svg', {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'curve', tabindex: '0', role: 'img', 'aria-label': `${curve.y} over ${curve.x}`,
    onpointermove: (event) => choose(nearest(event)), onpointerdown: (event) => choose(nearest(event)), onkeydown: onKey},
  make('path', {class: 'area', d: `${line}L${x(last)},${y(low)}L${x(first)},${y(low)}Z`}),
  make('line', {class: 'axis', x1: LEFT, x2: WIDTH - RIGHT, y1: y(low), y2: y(low)}),
  make('line', {class: 'axis', x1: LEFT, x2: LEFT, y1: TOP, y2: HEIGHT - BOTTOM}),
  text(short(high), {x: LEFT - 8, y: TOP + 8, 'text-anchor': 'end'}), text(short(low), {x: LEFT - 8, y: y(low) + 4, 'text-anchor': 'end'}),
  text(short(first), {x: x(first), y: HEIGHT - 28}), text(short(last), {x: x(last), y: HEIGHT - 28, 'text-anchor': 'end'}),
  text(curve.x, {x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, 'text-anchor': 'middle'}),
  make('path', {class: 'line', d: line}), marker);
  let index = 0;

  function nearest(event) {
    const box = svg.getBoundingClientRect();
    const at = (event.clientX - box.left) / box.width * WIDTH;
    return positions.reduce((best, position, i) => (Math.abs(x(position) - at) < Math.abs(x(positions[best]) - at) ? i : best), 0);
  }

  function onKey(event) {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!step) return;
    event.preventDefault();
    choose(Math.min(Math.max(index + step, 0), positions.length - 1));
  }

  function choose(i) {
    index = i;
    const value = Number(values[i]);
    marker.setAttribute('cx', x(positions[i]));
    marker.setAttribute('cy', Number.isFinite(value) ? y(value) : -20);
    readout.textContent = `${curve.x} ${short(positions[i])}: ${curve.y} ${short(values[i])}`;
    const closest = curve.points.reduce((best, point, j) => (Math.abs(point - i) < Math.abs(curve.points[best] - i) ? j : best), 0);
    [...shown.children].forEach((child, j) => child.classList.toggle('on', j === closest));
  }

  curve.points.forEach((point, j) => shown.append(
    make('button', {onclick: () => choose(point), title: `${curve.x} ${short(positions[point])}`},
      picture(curve.images[j]), make('span', {}, short(positions[point])))));
  choose(0);
  return make('div', {class: 'curve-view'}, make('p', {class: 'soft'}, curve.y), svg, readout, curve.points.length ? shown : '');
}
