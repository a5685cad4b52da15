import {make} from './dom.js';
import {round, ticks} from './numbers.js';

const LEFT = 52;
const RIGHT = 14;
const TOP = 10;
const BOTTOM = 26;

const path = (points, x, y) => points.map(([step, value], i) => `${i ? 'L' : 'M'}${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join('');

/**
 * Curves over the steps of a training. `lines` have a name, a class and points `[step, value]`, and
 * `dots` if the points are few; `bounds` are the lowest and highest number shown. `onStep` hears the
 * event and the step below the pointer, or that there is none.
 */
export function stepChart({lines, steps, bounds, at, onStep = () => {}, width, height, label}) {
  const [low, high] = bounds;
  const x = (step) => LEFT + step / steps * (width - LEFT - RIGHT);
  const y = (value) => TOP + (high - value) / (high - low) * (height - TOP - BOTTOM);
  const stepBelow = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(steps, Math.max(1, Math.round(((event.clientX - box.left) / box.width * width - LEFT) / (width - LEFT - RIGHT) * steps)));
  };
  return make('svg', {
    class: 'chart', viewBox: `0 0 ${width} ${height}`, width: '100%', role: 'img', 'aria-label': label,
    onpointermove: (event) => onStep(event, stepBelow(event)),
    onpointerleave: (event) => onStep(event),
  },
  ticks(low, high, 4).flatMap((mark) => [
    make('line', {class: 'grid', x1: LEFT, x2: width - RIGHT, y1: y(mark), y2: y(mark)}),
    make('text', {class: 'small', x: LEFT - 7, y: y(mark) + 4, 'text-anchor': 'end'}, round(mark))]),
  ticks(0, steps, width < 420 ? 3 : 6).map((mark) => make('text', {class: 'small', x: x(mark), y: height - 8, 'text-anchor': 'middle'}, round(mark))),
  at === undefined ? [] : make('line', {class: 'now', x1: x(at), x2: x(at), y1: TOP, y2: height - BOTTOM}),
  lines.map((line) => make('path', {class: `curve ${line.class}`, d: path(line.points, x, y)})),
  lines.filter((line) => line.dots).flatMap((line) => line.points.map(([step, value]) => make('circle', {class: `dot ${line.class}`, cx: x(step), cy: y(value), r: 4}))));
}
