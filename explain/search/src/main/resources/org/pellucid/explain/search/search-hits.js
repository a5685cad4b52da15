import {make, range} from './dom.js';
import {words} from './search-sentence.js';
import {meaning, tagColour, tagName} from './search-tags.js';

/** Marks one word of a row in its sentence and in its cells, or none. */
function emphasise(row, word) {
  row.querySelectorAll('[data-word]').forEach((node) =>
    node.classList.toggle('on', word !== null && +node.dataset.word === word));
}

function tagCell(hit, offset, onHover) {
  const i = hit.match + offset;
  const word = hit.words[i];
  if (!word) return make('td', {class: 'tag'});
  return make('td', {class: 'tag', onmouseenter: () => onHover(i), onmouseleave: () => onHover(null)},
    make('span', {
      class: offset === 0 ? 'chip own' : 'chip', 'data-word': i, title: `${word.text}: ${meaning(word.tag)}`, style: `--tag:${tagColour(word.tag)}`,
    }, word.tag ? tagName(word.tag) : '–'));
}

function hitRow(hit, view) {
  const row = make('tr', {});
  const onHover = (word) => emphasise(row, word);
  row.append(
    make('td', {class: 'number similarity'}, hit.similarity.toFixed(3)),
    make('td', {class: 'before'}, make('div', {}, make('bdi', {}, ...words(hit, 0, hit.match, onHover)))),
    make('td', {class: 'after'}, make('div', {}, ...words(hit, hit.match, hit.words.length, onHover))),
    ...range(view.left + 1 + view.right).map((i) => tagCell(hit, i - view.left, onHover)));
  return row;
}

function columnControl(name, side, view, most, update) {
  const count = view[side];
  return make('span', {class: 'columns'}, make('span', {class: 'soft'}, name),
    make('button', {'aria-label': `fewer columns ${name}`, disabled: count === 0 ? '' : undefined, onclick: () => update({[side]: count - 1})}, '−'),
    make('output', {}, String(count)),
    make('button', {'aria-label': `more columns ${name}`, disabled: count === most ? '' : undefined, onclick: () => update({[side]: count + 1})}, '+'));
}

/** The hits as rows: similarity, the sentence around the match, and the tags around it. */
export function hitTable(result, hits, view, most, update) {
  const chosen = view.tag
    ? make('button', {onclick: () => update({tag: ''})}, `only ${view.tag} ✕`) : '';
  return make('div', {},
    make('div', {class: 'bar'}, make('span', {class: 'soft'}, 'Parts of speech shown'),
      columnControl('before', 'left', view, most, update), columnControl('after', 'right', view, most, update), chosen,
      make('span', {class: 'soft', id: 'count'}, `${hits.length} of ${result.hits.length} hits`)),
    hits.length === 0 ? make('p', {class: 'soft'}, 'No hit fits these filters.')
      : make('div', {class: 'scroll', tabindex: '0', 'aria-label': 'hits'}, make('table', {class: 'hits'},
        make('thead', {}, make('tr', {}, make('th', {}, 'cosine'), make('th', {class: 'before'}, 'before'), make('th', {}, 'match and after'),
          ...range(view.left + 1 + view.right).map((i) => make('th', {class: 'tag'}, i === view.left ? 'match' : (i > view.left ? '+' : '−') + Math.abs(i - view.left))))),
        make('tbody', {}, hits.map((hit) => hitRow(hit, view))))));
}
