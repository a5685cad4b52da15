import {data} from './data.js';
import {make} from './dom.js';
import {curveView} from './image-curve.js';
import {percent, short} from './numbers.js';

const SHOWN_OUTPUTS = 10;

/** The classes with their probabilities, the likeliest first. */
export function outputs() {
  const shown = data.outputs.slice(0, SHOWN_OUTPUTS);
  return make('section', {class: 'card'}, make('h2', {}, 'What the network answers'),
    make('div', {class: 'outputs'}, shown.flatMap(({name, score, probability}) => [
      make('span', {class: name === data.known ? 'known' : ''}, name),
      make('span', {class: 'share'}, make('span', {class: 'fill', style: `width:${(100 * probability).toFixed(2)}%`})),
      make('span', {class: 'number', title: `score ${short(score)}`}, percent(probability)),
    ])),
    make('p', {class: 'soft small-print'}, [
      data.known ? `Known to be: ${data.known}.` : 'Its class is not known.',
      data.outputs.length > shown.length ? ` The ${shown.length} likeliest of ${data.outputs.length} classes.` : ''].join('')));
}

const definition = (term, text) => (text ? [make('dt', {}, term), make('dd', {}, text)] : []);

function parameters(list) {
  return make('table', {class: 'wide'}, list.map(({name, value, meaning}) => make('tr', {},
    make('th', {}, name), make('td', {}, make('code', {}, value)), make('td', {class: 'soft'}, meaning))));
}

const plain = (value) => (typeof value === 'number' && !Number.isInteger(value) ? short(value) : String(value));

function figure({name, value, meaning, parameters: chosen, curves}) {
  const names = Object.entries(chosen);
  return make('div', {class: 'figure'},
    make('p', {}, make('b', {}, name), make('span', {class: 'number'}, short(value))),
    make('p', {class: 'soft'}, meaning),
    names.length ? make('p', {class: 'small-print soft'}, names.map(([key, text]) => `${key} ${plain(text)}`).join(' · ')) : '',
    curves.map(curveView));
}

/** A button that copies a text, and the text. */
function copied(title, text, wrapped) {
  const button = make('button', {
    class: 'copy',
    onclick: async () => {
      await copy(text, code);
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    },
  }, 'Copy');
  const code = make('code', {}, text);
  return make('div', {class: 'copied'},
    make('div', {class: 'bar'}, make('h3', {}, title), button),
    make('pre', {tabindex: '0', class: wrapped ? 'wrapped' : ''}, code));
}

/** Pages that are opened as files may not use the clipboard everywhere; selecting works always. */
async function copy(text, code) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    getSelection().selectAllChildren(code);
    document.execCommand('copy');
  }
}

/** All that is told of a result beside its map. */
export function details(result) {
  const {guidance} = result;
  return [
    make('section', {class: 'card'}, make('h2', {}, result.title), make('p', {}, result.sentence),
      make('dl', {},
        definition('It answers', guidance.question), definition('It costs', guidance.cost),
        definition('Take care', guidance.caution), definition('Explained', result.target),
        definition('Defined in', result.source),
        definition('Time', `${short(result.seconds)} seconds, seed ${result.seed}`)),
      result.parameters.length ? parameters(result.parameters) : '',
      result.data ? make('p', {class: 'spaced'}, make('a', {href: result.data}, 'Its numbers as NPY')) : ''),
    result.quality.length
      ? make('section', {class: 'card'}, make('h2', {}, 'How far to trust it'), make('div', {class: 'figures'}, result.quality.map(figure)))
      : '',
    data.command || result.java
      ? make('section', {class: 'card'}, make('h2', {}, 'How it is made again'),
        data.command ? copied('On the command line', data.command, true) : '', result.java ? copied('In Java', result.java) : '')
      : '',
  ];
}
