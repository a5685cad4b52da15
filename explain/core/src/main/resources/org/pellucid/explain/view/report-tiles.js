import {data} from './data.js';
import {make} from './dom.js';
import {percent, short} from './numbers.js';
import {isRight, sharedReaches} from './report-entries.js';

const COUNT = data.rows.length;
/** The methods' shared scales; the first row is the images. */
const REACHES = sharedReaches.slice(1).map((reach) => Number(reach.toPrecision(6))).join(',');

/** The square of a row in an image's file of thumbnails, without its neighbours' first pixels. */
function crop(entry, index) {
  return make('span', {class: 'crop'}, make('img', {
    src: entry.thumbnails, alt: '', loading: 'lazy', decoding: 'async',
    style: `width:calc(${100 * COUNT}% + ${2 * COUNT}px);transform:translateX(calc(${-100 * index / COUNT}% - 1px))`,
  }));
}

const firstFigure = ({quality}) => Object.entries(quality).slice(0, 1).map(([name, value]) =>
  make('span', {class: 'value'}, ...breakable(name), ` ${short(value)}`));

/** A name such as `convergenceDelta`, which may be broken before a capital. */
const breakable = (name) => name.split(/(?=[A-Z])/).flatMap((part, i) => (i ? [make('wbr'), part] : [part]));

/** A row's figure of an image, or a note that there is none; `onOpen` receives the row's index. */
export function tile(entry, index, title, onOpen) {
  const row = data.rows[index];
  const figure = entry.figures[row.name];
  const place = {'data-row': row.name, 'data-image': entry.name};
  if (!figure) {
    return make('figure', place, make('span', {class: 'crop nothing'}, 'no figure'), make('figcaption', {}, title));
  }
  return make('figure', place,
    make('button', {onclick: () => onOpen(index), 'aria-label': `Enlarge ${row.title} of ${entry.name}`, title: figure.scale}, crop(entry, index)),
    make('figcaption', {}, title, ...firstFigure(figure)));
}

/** What an image is of, and what the model takes it for. */
export function verdict(entry) {
  const right = isRight(entry);
  const mark = right === undefined ? '' : right ? '✓' : '✗';
  return make('p', {class: `verdict ${right === undefined ? '' : right ? 'right' : 'wrong'}`},
    mark ? make('span', {class: 'mark', 'aria-label': right ? 'right' : 'wrong'}, mark) : '',
    make('b', {}, entry.predicted), make('span', {class: 'soft'}, ` ${percent(entry.confidence)}`),
    right === false ? make('span', {class: 'soft'}, ` · is ${entry.known}`) : '',
    right === undefined ? make('span', {class: 'soft'}, ' · class unknown') : '');
}

/** The address of an image's own page, which learns the scales of the whole run by it. */
export function pageOf(entry) {
  return `${entry.page}#${new URLSearchParams({run: REACHES})}`;
}

/** An image's card: all its figures side by side. */
export function card(entry, onOpen) {
  return make('article', {class: 'card entry'},
    make('header', {},
      make('h2', {dir: 'auto'}, entry.name), verdict(entry),
      entry.page ? make('a', {class: 'more', href: pageOf(entry)}, 'Explore →') : ''),
    make('div', {class: 'tiles'}, data.rows.map((row, index) => tile(entry, index, row.title, (chosen) => onOpen(entry, chosen)))));
}

/** A method's section: the figures of several images side by side. */
export function strip(row, index, list, onOpen) {
  return make('section', {class: 'card'}, described(row),
    make('div', {class: 'scroll', tabindex: '0'}, make('div', {class: 'tiles in-a-row'},
      list.map((entry) => tile(entry, index, entry.name, (chosen) => onOpen(entry, chosen))))));
}

/** What a row shows, with its parameters. */
export function described(row) {
  const parameters = Object.entries(row.parameters);
  return make('div', {class: 'described'},
    make('h2', {}, row.title), make('p', {class: 'soft'}, row.sentence),
    parameters.length ? make('p', {class: 'parameters'}, parameters.map(([name, value], i) =>
      [i ? ' · ' : '', name + ' ', make('code', {}, value)]).flat()) : '');
}
