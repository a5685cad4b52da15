import {make} from './dom.js';

/** The likeliest tokens at a position, with their probabilities. */
export function predictionTable(variant, position, limit) {
  return make('table', {}, (variant.predictions[position] ?? []).slice(0, limit).map(({token, probability}) =>
    make('tr', {}, make('td', {}, token),
      make('td', {class: 'bar-of-share'}, make('div', {class: 'fill', style: `width:${probability * 110}px`})),
      make('td', {class: 'number'}, (probability * 100).toFixed(2) + ' %'))));
}
