import {make} from './dom.js';

/** The likeliest tokens at a position, with their probabilities. */
export function predictionTable(variant, position, limit) {
  return make('table', {}, (variant.predictions[position] ?? []).slice(0, limit).map(({token, probability}) =>
    make('tr', {}, make('td', {dir: 'auto'}, token),
      make('td', {class: 'bar-of-share'}, make('div', {class: 'fill', style: `width:${probability * 110}px`})),
      make('td', {class: 'number'}, (probability * 100).toFixed(2) + ' %'))));
}

/** A card for each masked position, and one for the pinned token. */
export function predictionCards(view) {
  const {variant} = view;
  if (!variant.predictions.length) {
    return variant.masked.length
      ? [make('div', {class: 'card soft'}, 'This model has no head that predicts words, so there are no predictions.')] : [];
  }
  const positions = new Set([...variant.masked, view.from, view.to].filter((position) => position >= 0));
  return [...positions].map((position) => make('div', {class: 'card'},
    make('h2', {}, variant.masked.includes(position)
      ? `Masked word at position ${position}: predicted words` : `“${variant.tokens[position]}” at position ${position}: predicted here`),
    predictionTable(variant, position, 10)));
}
