import {make, range} from './dom.js';
import {largest, signed} from './text-attribution-scale.js';

const ROW = 22;
const NAME = 130;
const WIDTH = 420;
const NUMBER = 58;

/** The units with the largest numbers, as bars to both sides of zero: an SVG that stands alone. */
export function bars(units, numbers, count, looked) {
  const order = range(units.length)
    .sort((a, b) => Math.abs(numbers[b]) - Math.abs(numbers[a])).slice(0, count);
  const scale = largest(numbers);
  const zero = NAME + (WIDTH - NAME) / 2;
  const half = (WIDTH - NAME) / 2 - NUMBER;
  const height = order.length * ROW + 4;
  const rows = order.flatMap((i, row) => {
    const y = row * ROW + 2;
    const length = half * Math.abs(numbers[i]) / scale;
    const negative = numbers[i] < 0;
    return [
      make('text', {x: NAME - 8, y: y + 15, 'text-anchor': 'end', 'font-weight': i === looked ? 700 : 400}, shortened(units[i].text)),
      make('rect', {x: negative ? zero - length : zero, y: y + 3, width: Math.max(length, 0.5), height: ROW - 7, rx: 2,
        class: negative ? 'against' : 'for', fill: negative ? '#2166ac' : '#b2182b'}),
      make('text', {class: 'small', x: negative ? zero - length - 5 : zero + length + 5, y: y + 15,
        'text-anchor': negative ? 'end' : 'start'}, signed(numbers[i])),
    ];
  });
  return make('svg', {class: 'bars', viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, role: 'img',
    'aria-label': 'The words with the largest numbers'},
  make('line', {x1: zero, x2: zero, y1: 0, y2: height, stroke: '#98a2b3'}), rows);
}

const shortened = (text) => (text.length > 16 ? [...text].slice(0, 15).join('') + '…' : text);
