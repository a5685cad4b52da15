import {checkbox, choice, layerControl} from './controls.js';
import {data} from './data.js';
import {make} from './dom.js';
import {labelPlaces} from './embedding-labels.js';
import {pageHeader, show} from './frame.js';
import {remember, wholeNumber} from './state.js';

/** A narrow window gets a drawing of fewer units, so that its labels stay large enough to read. */
const SIZE = innerWidth < 640 ? [480, 520] : [1180, 640];
const SMALL = [180, 130];
/** Later ones are drawn over earlier ones. */
const ORDER = {SPECIAL: 0, CONTEXT: 1, QUESTION: 2, ANSWER: 3};
const plot = make('svg', {viewBox: `0 0 ${SIZE[0]} ${SIZE[1]}`, width: '100%', role: 'img', 'aria-label': 'tokens in the plane of two principal components'});
const caption = make('h2');
const layers = layerControl((layer) => place(layer));
let tab = data.tabs[wholeNumber('tab', 0, data.tabs.length - 1)];
let layer = wholeNumber('layer', tab.scores.length - 1, tab.scores.length - 1);
let special = false;
let nodes = new Map();
let multiples = [];

const isShown = (i) => special || tab.roles[i] !== 'SPECIAL';
const order = () => tab.tokens.map((_, i) => i).filter(isShown)
  .sort((a, b) => ORDER[tab.roles[a]] - ORDER[tab.roles[b]]);

/** The way from scores to places in a drawing, with the shown tokens filling it. */
function placing(points, [width, height], margin) {
  const shown = points.filter((_, i) => isShown(i));
  const fit = (values) => {
    const low = Math.min(...values);
    const range = Math.max(...values) - low || 1;
    return (value) => (value - low) / range;
  };
  const x = fit(shown.map((point) => point[0]));
  const y = fit(shown.map((point) => point[1]));
  return ([a, b]) => [margin + x(a) * (width - 2 * margin), height - margin - y(b) * (height - 2 * margin)];
}

function marker(role, radius) {
  return role === 'ANSWER'
    ? make('path', {class: role, d: `M0,${-radius * 1.6} L${radius * 1.3},0 L0,${radius * 1.6} L${-radius * 1.3},0 Z`})
    : make('circle', {class: role, r: radius});
}

/** Emphasises one token in all drawings, or none. */
function emphasise(hovered) {
  document.querySelectorAll('[data-token]').forEach((node) => node.classList.toggle('on', +node.dataset.token === hovered));
  nodes.forEach((node, i) => { node.style.opacity = hovered === null || hovered === i ? 1 : 0.25; });
}

function build() {
  nodes = new Map(order().map((i) => [i, make('g', {
    'data-index': i, class: 'moving', onmouseenter: () => emphasise(i), onmouseleave: () => emphasise(null),
  }, marker(tab.roles[i], 5), make('text', {class: tab.roles[i]}, tab.tokens[i]))]));
  plot.replaceChildren(...nodes.values());
}

function place(chosen) {
  layer = chosen;
  const points = tab.scores[layer];
  const at = placing(points, SIZE, SIZE[0] / 20);
  const places = new Map([...nodes.keys()].map((i) => [i, at(points[i])]));
  nodes.forEach((node, i) => { const [x, y] = places.get(i); node.style.transform = `translate(${x}px,${y}px)`; });
  labelPlaces(places, tab.tokens, SIZE[0]).forEach(({x, y, anchor, crowded}, i) => {
    const text = nodes.get(i).querySelector('text');
    for (const [name, value] of Object.entries({x, y, 'text-anchor': anchor})) text.setAttribute(name, value);
    nodes.get(i).classList.toggle('crowded', crowded);
  });
  multiples.forEach((button, l) => button.setAttribute('aria-pressed', String(l === layer)));
  layers.set(tab.scores.length, layer);
  const [first, second] = tab.explained[layer].map((share) => (share * 100).toFixed(1));
  caption.textContent = `${layer === 0 ? 'Embeddings (layer 0)' : 'Layer ' + layer} · first component ${first}\u00a0%, second ${second}\u00a0% of the variance`;
  remember({tab: data.tabs.indexOf(tab), layer});
}

function multiple(points, l) {
  const at = placing(points, SMALL, 8);
  return make('button', {onclick: () => place(l), 'aria-label': `layer ${l}`},
    make('div', {class: 'soft'}, `Layer ${l}`),
    make('svg', {viewBox: `0 0 ${SMALL[0]} ${SMALL[1]}`}, order().map((i) => {
      const [x, y] = at(points[i]);
      return make('g', {transform: `translate(${x},${y})`, 'data-token': i}, marker(tab.roles[i], tab.roles[i] === 'ANSWER' ? 3.5 : 2.2));
    })));
}

const legend = (role, name) =>
  make('span', {class: 'legend'}, make('svg', {viewBox: '-8 -8 16 16'}, marker(role, 5)), name);

function render() {
  multiples = tab.scores.map(multiple);
  show(
    pageHeader(data.title, `${data.model} · exact principal components of all tokens, layer by layer · labels that found no room appear under the pointer`),
    make('section', {class: 'card'},
      make('div', {class: 'bar'}, choice(data.tabs.map(({name}) => name), data.tabs.indexOf(tab), (i) => {
        tab = data.tabs[i];
        layer = Math.min(layer, tab.scores.length - 1);
        render();
      }, 'question')),
      make('p', {}, make('b', {}, tab.question), make('span', {class: 'soft'}, ` → ${tab.answer}`)),
      make('div', {class: 'bar spaced'}, caption),
      make('div', {class: 'bar'}, layers.element,
        legend('QUESTION', 'question'), legend('CONTEXT', 'context'), legend('ANSWER', 'answer'),
        checkbox('[CLS] and [SEP]', special, (checked) => { special = checked; render(); })),
      plot),
    make('section', {class: 'card'}, make('h2', {}, 'All layers'), make('div', {class: 'multiples spaced'}, multiples)));
  build();
  place(layer);
}

render();
