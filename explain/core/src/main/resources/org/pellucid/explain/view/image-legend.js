import {colour} from './colour.js';
import {data} from './data.js';
import {make} from './dom.js';
import {percent, short} from './numbers.js';

const STEPS = 96;

const SCALES = {
  own: `own scale: ${percent(data.clip / 100)} of magnitudes`,
  page: 'scale shared by the methods on this page',
  run: "scale shared by this method's maps of the whole run",
};

/** The colours with the values at their ends, and how the scale was chosen. */
export function legend({colours, low, high, scale, largest, blank, masked}) {
  if (blank) return make('p', {class: 'legend-note'}, '0 everywhere');
  if (masked) return make('p', {class: 'legend-note'}, `white at 0, the image itself from magnitude ${short(high)}; ${SCALES[scale]}`);
  const zero = low < 0 && high > 0 ? -low / (high - low) : -1;
  return make('div', {class: 'map-legend'},
    make('div', {class: 'colours', role: 'img', 'aria-label': `colours from ${short(low)} to ${short(high)}`},
      Array.from({length: STEPS}, (_, i) => make('i', {style: `background:${colour(colours, i / (STEPS - 1))}`}))),
    make('div', {class: 'ends'}, make('span', {}, short(low)),
      zero >= 0 ? make('span', {class: 'zero', style: `left:${100 * zero}%`}, '0') : '', make('span', {}, short(high))),
    make('p', {class: 'legend-note'}, `${SCALES[scale]}; largest magnitude ${short(largest)}`));
}
