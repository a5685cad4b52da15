import {data} from './data.js';
import {make} from './dom.js';
import {pageHeader, show} from './frame.js';
import {live} from './live.js';
import {hitTable} from './search-hits.js';
import {attentionLegend, sentence} from './search-sentence.js';
import {histograms} from './search-histograms.js';
import {layerBars} from './search-layers.js';
import {searchForm} from './search-form.js';
import {tagName} from './search-tags.js';
import {remember, stored, wholeNumber} from './state.js';

const MOST_AROUND = 9;
let {result, index} = data;
const view = {
  tag: stored('tag') ?? '',
  words: stored('words') ?? '',
  left: wholeNumber('left', 2, MOST_AROUND),
  right: wholeNumber('right', 2, MOST_AROUND),
  order: stored('order') === 'corpus' ? 'corpus' : 'similarity',
};
const table = make('div');
const charts = make('div');

const isShown = (hit) => (!view.tag || tagName(hit.words[hit.match].tag) === view.tag)
  && hit.words.map((word) => word.before + word.text).join('').toLowerCase().includes(view.words.toLowerCase());

/** Draws the hits and their histograms with changed settings. */
function update(changes) {
  Object.assign(view, changes);
  remember({...view});
  const shown = result.hits.filter(isShown);
  if (view.order === 'corpus') shown.sort((a, b) => a.sentence - b.sentence || a.position - b.position);
  table.replaceChildren(hitTable(result, shown, view, MOST_AROUND, update));
  charts.replaceChildren(histograms(result, shown, view, update));
}

function described() {
  const {request} = result;
  const heads = request.heads.length ? `heads ${request.heads.join(', ')}` : 'all heads';
  const what = request.by === 'context'
    ? `what ${heads} of encoder layer ${request.layer} read for it`
    : `its hidden state of layer ${request.layer}`;
  const way = result.exact ? 'all vectors were compared' : 'found by a graph, which may miss a few';
  return `By ${what} · ${result.hits.length} nearest of ${index.tokens.toLocaleString('en')} tokens · ${way} · shaded by the attention of ${heads}`;
}

function filters() {
  return make('div', {class: 'bar'},
    make('label', {}, make('span', {class: 'soft'}, 'With the words'), make('input', {
      type: 'search', value: view.words, 'aria-label': 'words in the sentence', oninput: (event) => update({words: event.target.value}),
    })),
    make('label', {}, make('span', {class: 'soft'}, 'Order'), make('select', {
      'aria-label': 'order', onchange: (event) => update({order: event.target.value}),
    }, ['similarity', 'corpus'].map((name) => make('option', {value: name, selected: view.order === name ? '' : undefined}, name)))));
}

function render() {
  const query = result.query.words[result.query.match];
  show(
    pageHeader(data.title, `${result.model} · ${result.corpus}: ${index.sentences.toLocaleString('en')} sentences · layers and heads count from 0`),
    make('section', {class: 'card'},
      make('h2', {}, 'What is looked for'),
      live ? searchForm(result, index, replace) : '',
      make('p', {class: 'query'}, sentence(result.query, result.query)),
      make('p', {class: 'soft'}, `${described()}${query.tag ? ` · the text's own word is ${tagName(query.tag)}` : ''}`),
      attentionLegend(result)),
    make('section', {class: 'card'}, make('h2', {}, 'Parts of speech of the nearest tokens, by layer'), layerBars(result)),
    make('section', {class: 'card'}, make('h2', {}, 'Of the hits'), charts),
    make('section', {class: 'card'}, make('h2', {}, 'Hits'), filters(), table));
  update({});
}

/** Shows the answer to another request. */
function replace(answer) {
  ({result, index} = answer);
  render();
}

render();
