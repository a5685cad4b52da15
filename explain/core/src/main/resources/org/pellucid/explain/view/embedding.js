import {checkbox, choice, layerControl} from './controls.js';
import {data} from './data.js';
import {make, range} from './dom.js';
import {METHODS, coordinates, decoded, found, isDeep, isShown, shownTokens} from './embedding-data.js';
import {savedAs} from './embedding-export.js';
import {measureCards} from './embedding-measures.js';
import {tokenPanel} from './embedding-panel.js';
import {embeddingPlot, marker} from './embedding-plot.js';
import {scaleOf} from './embedding-scale.js';
import {tokenText} from './embedding-text.js';
import {pageHeader, show} from './frame.js';
import {liveForm} from './live-form.js';
import {savers} from './save-file.js';
import {oneOf, remember, stored, wholeNumber} from './state.js';

const METHOD_NAMES = Object.keys(METHODS);
const TRAILS = {none: 'no trails', one: 'trail of the chosen token', all: 'trails of all'};
const SMALL = [180, 130];
const STEP_TIME = 900;
const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;

let tabs = data.tabs.map(decoded);
let model = data.model;
const view = firstView();
let hovered;
let playing;

const plot = embeddingPlot({onToken: choose, onHover: hover, onTurn: turn});
const text = tokenText({onToken: choose, onHover: hover});
const layers = layerControl((layer) => change({layer}));
const caption = make('h2', {'aria-live': 'polite'});
const detail = make('p', {class: 'soft'});
const panel = make('div', {class: 'panel'});
const cards = make('div', {class: 'steps spaced'});
const multiples = make('div', {class: 'multiples spaced'});
const hits = make('output', {'aria-live': 'polite'});
const play = make('button', {onclick: toggle, title: 'Go through the layers (P)'}, '▶ play');

/** The state that the address carries, or what teaches most: the answer at the last layer. */
function firstView() {
  const tab = tabs[wholeNumber('tab', 0, tabs.length - 1)];
  const answer = tab.roles.indexOf('ANSWER');
  const token = stored('token') === 'none' ? undefined : wholeNumber('token', answer < 0 ? undefined : answer, tab.tokens.length - 1);
  return {
    tab, token,
    layer: wholeNumber('layer', tab.layers - 1, tab.layers - 1),
    method: oneOf('method', METHOD_NAMES, 'pca'),
    dimensions: stored('dimensions') === '3' ? 3 : 2,
    special: stored('special') === '1',
    labels: stored('labels') !== '0',
    trails: oneOf('trails', Object.keys(TRAILS), 'none'),
    metric: oneOf('metric', ['cosine', 'euclidean'], 'cosine'),
    search: stored('search') ?? '',
    yaw: Number(stored('yaw')) || 0.6,
    pitch: Number(stored('pitch')) || 0.4,
  };
}

function change(changes, still = false) {
  Object.assign(view, changes);
  draw(still);
}

function choose(token) {
  change({token: view.token === token ? undefined : token});
}

/** Emphasises one token everywhere, or none. */
function hover(token) {
  document.querySelectorAll('.on').forEach((node) => node.classList.remove('on'));
  hovered = token;
  if (token !== undefined) document.querySelectorAll(`[data-token="${token}"], [data-index="${token}"]`).forEach((node) => node.classList.add('on'));
}

function turn(yaw, pitch) {
  change({yaw: view.yaw + yaw, pitch: Math.max(-1.5, Math.min(1.5, view.pitch + pitch))}, true);
}

function stop() {
  clearInterval(playing);
  playing = undefined;
  play.textContent = '▶ play';
}

/** Goes through the layers from the first one, or stops. */
function toggle() {
  if (playing) { stop(); return; }
  play.textContent = '■ stop';
  change({layer: view.layer === view.tab.layers - 1 ? 0 : view.layer});
  playing = setInterval(() => {
    if (view.layer === view.tab.layers - 1) stop();
    else change({layer: view.layer + 1});
  }, STEP_TIME);
}

function describe() {
  const {explained} = view.tab.projections[view.method];
  const name = view.layer === 0 ? 'Embeddings (layer 0)' : `Layer ${view.layer}`;
  caption.textContent = `${name} · ${METHODS[view.method]}`;
  if (!explained.length) {
    detail.textContent = 'Near tokens stay near each other; far distances and the axes mean nothing.';
    return;
  }
  const shares = explained[view.layer].map((share) => `${(share * 100).toFixed(1)}\u00a0%`);
  const used = explained[view.layer].slice(0, isDeep(view) ? 3 : 2).reduce((a, b) => a + b, 0);
  detail.textContent = `first component ${shares[0]}, second ${shares[1]}, third ${shares[2]} of the variance; ${(used * 100).toFixed(1)}\u00a0% are shown`;
}

/** A drawing of one layer, small. */
function multiple(layer) {
  const flat = {...view, layer, dimensions: 2, trails: view.trails};
  const {place} = scaleOf(flat, ...SMALL, 10);
  return make('button', {onclick: () => change({layer}), 'aria-label': `layer ${layer}`, 'aria-pressed': String(layer === view.layer)},
    make('div', {class: 'soft'}, `Layer ${layer}`),
    make('svg', {viewBox: `0 0 ${SMALL[0]} ${SMALL[1]}`}, [...shownTokens(view)].sort((a, b) => (view.tab.roles[a] === 'ANSWER') - (view.tab.roles[b] === 'ANSWER')).map((i) => {
      const [x, y] = place(coordinates(flat, layer, i));
      return make('g', {transform: `translate(${x.toFixed(1)},${y.toFixed(1)})`, 'data-token': i, class: i === view.token ? 'picked' : undefined},
        marker(view.tab.roles[i], view.tab.roles[i] === 'ANSWER' || i === view.token ? 3.4 : 2));
    })));
}

function draw(still = false) {
  plot.draw(view, still || calm);
  describe();
  layers.set(view.tab.layers, view.layer);
  if (still) return;
  text.draw(view);
  const matches = found(view);
  hits.textContent = view.search.trim() ? `${matches.length} found` : '';
  panel.replaceChildren(...tokenPanel(view, {
    onToken: choose, onHover: hover, onMetric: (metric) => change({metric}), onLayer: (layer) => change({layer}),
  }));
  cards.replaceChildren(...measureCards(view, (layer) => change({layer})));
  multiples.replaceChildren(...range(view.tab.layers).map(multiple));
  hover(hovered);
  const {layer, method, dimensions, trails, metric, search, token} = view;
  remember({tab: tabs.indexOf(view.tab), layer, method, dimensions, trails, metric, search,
    token: token ?? 'none', special: view.special ? 1 : 0, labels: view.labels ? 1 : 0,
    yaw: view.yaw.toFixed(2), pitch: view.pitch.toFixed(2)});
}

const legend = (role, name) =>
  make('span', {class: 'legend'}, make('svg', {viewBox: '-9 -9 18 18'}, marker(role, 5)), name);

const chosen = (names, current, onChange, label) => make('select', {'aria-label': label, onchange: (event) => onChange(event.target.value)},
  Object.entries(names).map(([value, name]) => make('option', {value, selected: value === current ? '' : undefined}, name)));

function searchField() {
  return make('input', {
    type: 'search', placeholder: 'search tokens', 'aria-label': 'search tokens', value: view.search,
    oninput: (event) => change({search: event.target.value}),
    onkeydown: (event) => { if (event.key === 'Enter' && found(view).length) choose(found(view)[0]); },
  });
}

function open(tab) {
  const answer = tab.roles.indexOf('ANSWER');
  Object.assign(view, {tab, token: answer < 0 ? undefined : answer, layer: Math.min(view.layer, tab.layers - 1)});
  render();
}

function received(page) {
  tabs = page.tabs.map(decoded);
  model = page.model;
  open(tabs[0]);
}

function render() {
  show(
    pageHeader(data.title, `${model} · every token's vector at every layer`),
    ...[liveForm([{name: 'question', label: 'Question'}, {name: 'context', label: 'Context', long: true}, {name: 'answer', label: 'Answer (empty: the model’s own)'}], received)].flat(),
    make('section', {class: 'card'},
      tabs.length > 1 ? make('div', {class: 'bar'}, choice(tabs.map(({name}) => name), tabs.indexOf(view.tab), (i) => open(tabs[i]), 'question')) : [],
      text.element,
      make('p', {class: 'answer-line'}, make('span', {class: 'soft'}, 'Answer '), make('b', {}, view.tab.answer || 'none')),
      make('div', {class: 'bar spaced'}, make('div', {}, caption, detail)),
      make('div', {class: 'bar'}, layers.element, play,
        chosen(METHODS, view.method, (method) => change({method}), 'projection'),
        choice(['2D', '3D'], view.dimensions - 2, (i) => change({dimensions: i + 2}), 'dimensions'),
        chosen(TRAILS, view.trails, (trails) => change({trails}), 'trails'),
        checkbox('labels', view.labels, (labels) => change({labels})),
        checkbox('[CLS] and [SEP]', view.special, (special) => change({special, token: special || view.token === undefined || isShown({...view, special}, view.token) ? view.token : undefined})),
        make('label', {}, searchField(), hits)),
      make('div', {class: 'stage'},
        make('div', {}, plot.svg,
          make('div', {class: 'bar spaced'}, legend('QUESTION', 'question'), legend('CONTEXT', 'context'), legend('ANSWER', 'answer'),
            view.special ? legend('SPECIAL', '[CLS], [SEP]') : [], savers(savedAs(() => view, plot.svg))),
          make('p', {class: 'soft small-print'}, 'Labels that found no room appear under the pointer. Lines lead to the chosen token’s nearest neighbours. In 3D, drag or Shift+arrows turn the cloud; t-SNE and UMAP stay in the plane. ← → layers, P plays, ↑ ↓ tokens, Esc lets go.')),
        panel)),
    make('section', {class: 'card'}, make('h2', {}, 'Four steps to an answer'),
      make('p', {class: 'soft'}, 'Measures of all hidden components at each layer; the shaded layers have the highest fifth of the curve. A click goes to a layer.'), cards),
    make('section', {class: 'card'}, make('h2', {}, 'All layers'), multiples));
  draw();
}

function key(event) {
  if (event.target.matches('input, textarea, select')) return;
  const tokens = shownTokens(view);
  const at = tokens.indexOf(view.token);
  const inPlot = event.target === plot.svg;
  if (event.shiftKey && isDeep(view) && event.key.startsWith('Arrow')) {
    turn({ArrowLeft: -0.15, ArrowRight: 0.15}[event.key] ?? 0, {ArrowUp: -0.15, ArrowDown: 0.15}[event.key] ?? 0);
    event.stopImmediatePropagation();
    event.preventDefault();
  } else if (inPlot && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    change({token: tokens[(at + (event.key === 'ArrowDown' ? 1 : -1) + tokens.length) % tokens.length]});
    event.preventDefault();
  } else if (event.key === 'Escape') {
    change({token: undefined, search: ''});
  } else if (event.key === 'p' || event.key === 'P') {
    toggle();
  }
}

addEventListener('keydown', key, true);
addEventListener('resize', () => draw(true));
render();
