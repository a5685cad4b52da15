import {choice} from './controls.js';
import {make} from './dom.js';
import {drift, nearest} from './embedding-data.js';
import {chartLegend, layerChart} from './layer-chart.js';

const METRICS = {cosine: 'cosine distance', euclidean: 'Euclidean distance'};
const NAMES = Object.keys(METRICS);

/** The nearest tokens with bars as long as their distances. */
function neighbourList(view, onToken, onHover) {
  const found = nearest(view, view.layer, view.token);
  const largest = Math.max(...found.map(({distance}) => distance)) || 1;
  return make('ol', {class: 'neighbours'}, found.map(({token, distance}) => make('li', {},
    make('button', {
      class: `token ${view.tab.roles[token]}`, onclick: () => onToken(token),
      onpointerenter: () => onHover(token), onpointerleave: () => onHover(undefined), title: `token ${token}`,
    }, view.tab.tokens[token]),
    make('span', {class: 'track'}, make('span', {class: 'fill', style: `width:${(100 * distance / largest).toFixed(1)}%`})),
    make('span', {class: 'figure'}, distance.toFixed(view.metric === 'cosine' ? 3 : 2)))));
}

/** What is known of the chosen token at the layer. */
export function tokenPanel(view, {onToken, onHover, onMetric, onLayer}) {
  if (view.token === undefined) {
    return [make('h3', {}, 'No token is chosen'),
      make('p', {class: 'soft'}, 'Choose one in the text or in the drawing: its nearest tokens appear here, and how far it moves from layer to layer.')];
  }
  const lines = [
    {name: 'to its embedding', class: 'first', values: drift(view.tab.toFirst, view.tab, view.token)},
    {name: 'to the layer before', class: 'second', values: drift(view.tab.toBefore, view.tab, view.token)}];
  return [
    make('h3', {}, make('span', {class: `token ${view.tab.roles[view.token]}`}, view.tab.tokens[view.token]), ` at layer ${view.layer}`),
    make('p', {class: 'soft'}, `Nearest of all ${view.tab.tokens.length} tokens, by the distance of all hidden components`),
    choice(Object.values(METRICS), NAMES.indexOf(view.metric), (i) => onMetric(NAMES[i]), 'metric'),
    neighbourList(view, onToken, onHover),
    make('h3', {class: 'spaced'}, 'Drift'),
    make('p', {class: 'soft'}, 'Cosine of its vector'),
    chartLegend(lines, view.layer),
    layerChart({lines, layer: view.layer, onLayer, label: 'Cosine over the layers', width: 320, height: 150})];
}
