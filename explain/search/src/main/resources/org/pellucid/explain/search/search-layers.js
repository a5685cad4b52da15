import {make} from './dom.js';
import {percent} from './numbers.js';
import {inOrder, meaning, tagColour, tagName} from './search-tags.js';
import {hideTip, showTip} from './tip.js';

const LETTER = 9;
/** About how wide a bar is. */
const BAR = Math.max(120, Math.min(900, innerWidth - 420));

function layerRow(layer, request, own) {
  const total = Object.values(layer.counts).reduce((sum, count) => sum + count, 0);
  const share = (tag) => (layer.counts[tag] ?? 0) / total;
  const segments = inOrder(Object.keys(layer.counts)).map((tag) => make('div', {
    class: tag === own ? 'segment own' : 'segment', style: `--tag:${tagColour(tag)};flex:${layer.counts[tag]} 1 0`,
    onmousemove: (event) => showTip(event, make('b', {}, `Layer ${layer.layer}: ${tagName(tag)}`), make('div', {}, `${meaning(tag)}, ${layer.counts[tag]} of ${total}`)),
    onmouseleave: hideTip,
  }, share(tag) * BAR > tagName(tag).length * LETTER ? tagName(tag) : ''));
  return make('tr', {class: layer.layer === request.layer ? 'current' : ''},
    make('th', {scope: 'row'}, String(layer.layer)),
    make('td', {class: 'stack'}, make('div', {class: 'stacked'}, segments)),
    make('td', {class: 'number'}, percent(share('NOUN'))),
    make('td', {class: 'number'}, percent(share('PROPN'))),
    own && own !== 'NOUN' && own !== 'PROPN' ? make('td', {class: 'number'}, percent(share(own))) : '',
    make('td', {class: 'number soft'}, layer.similarity.toFixed(3)));
}

/** Which parts of speech the nearest tokens have at each layer. */
export function layerBars(result) {
  const own = result.query.words[result.query.match].tag;
  const extra = own && own !== 'NOUN' && own !== 'PROPN';
  return make('div', {class: 'scroll', tabindex: '0', 'aria-label': 'layers'}, make('table', {class: 'layers'},
    make('thead', {}, make('tr', {}, ...['layer', 'parts of speech', 'NOUN', 'PROPN', ...(extra ? [own] : []), 'mean cosine']
      .map((name, i) => make('th', {scope: 'col', class: i > 1 ? 'number' : ''}, name)))),
    make('tbody', {}, result.layers.map((layer) => layerRow(layer, result.request, own)))));
}
