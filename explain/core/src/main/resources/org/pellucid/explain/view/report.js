import {data, parsed} from './data.js';
import {make} from './dom.js';
import {pageHeader, show} from './frame.js';
import {remember, wholeNumber} from './state.js';

/** With more images than this they become rows, this many on a page. */
const PAGE = 50;
const summary = parsed(document.getElementById('summary'));
const images = document.querySelectorAll('script.image');
const failures = document.querySelectorAll('script.failure');
const dialog = make('dialog', {onclick: (event) => { if (event.target === dialog) dialog.close(); }});
document.body.append(dialog);

function table(entries) {
  return make('table', {}, Object.entries(entries).map(([name, value]) =>
    make('tr', {}, make('th', {}, name), make('td', {}, value))));
}

function enlarge(row, figure, name) {
  dialog.replaceChildren(
    make('div', {class: 'two'},
      make('img', {src: figure.image, alt: `${row.title} of ${name}`}),
      make('div', {},
        make('h2', {}, row.title), make('p', {class: 'soft'}, name),
        table({...figure.numbers, ...row.parameters}),
        figure.data ? make('p', {}, make('a', {href: figure.data}, 'numbers as NPY')) : '',
        make('p', {}, make('button', {onclick: () => dialog.close()}, 'Close')))));
  dialog.showModal();
}

/** The figure of an image in a row, or a note that there is none. */
function figureOf(row, {name, figures}) {
  const figure = figures[row.name];
  const place = {'data-row': row.name, 'data-image': name};
  if (!figure?.image) {
    return make('figure', place, make('div', {class: 'nothing'}, 'no figure'), make('figcaption', {}, figure?.caption ?? ''));
  }
  return make('figure', place,
    make('button', {onclick: () => enlarge(row, figure, name), 'aria-label': `Enlarge ${row.title} of ${name}`},
      make('img', {src: figure.image, alt: '', loading: 'lazy'})),
    make('figcaption', {}, figure.caption));
}

function described(row) {
  const parameters = Object.entries(row.parameters);
  return [
    make('h2', {}, row.title), make('p', {class: 'soft'}, row.sentence),
    parameters.length ? make('p', {class: 'parameters'}, parameters.map(([name, value], i) =>
      [i ? ' · ' : '', name + ' ', make('code', {}, value)]).flat()) : '',
  ];
}

const scrolled = (columns, cells) => make('div', {class: 'scroll', tabindex: '0'},
  make('div', {class: 'grid', style: `grid-template-columns: ${columns}`}, cells));

/** Methods as rows, images as columns. */
function byMethod() {
  const entries = [...images].map(parsed);
  return data.rows.map((row) => make('section', {class: 'card'}, described(row),
    scrolled(`repeat(${entries.length}, 148px)`, entries.map((entry) => figureOf(row, entry)))));
}

/** Images as rows, methods as columns, a page of them at a time. */
function byImage() {
  const pages = Math.ceil(images.length / PAGE);
  const grid = make('div');
  const place = make('output');
  const go = (step, name) => make('button', {onclick: () => draw(number + step)}, name);
  const [previous, next] = [go(-1, '← Previous'), go(1, 'Next →')];
  let number = wholeNumber('page', 0, pages - 1);

  function draw(chosen) {
    number = chosen;
    remember({page: number});
    const entries = [...images].slice(number * PAGE, (number + 1) * PAGE).map(parsed);
    place.textContent = `Images ${number * PAGE + 1} to ${number * PAGE + entries.length} of ${images.length}`;
    previous.disabled = number === 0;
    next.disabled = number === pages - 1;
    grid.replaceChildren(scrolled(`140px repeat(${data.rows.length}, 148px)`, [
      make('div'), ...data.rows.map((row) => make('b', {}, row.title)),
      ...entries.flatMap((entry) => [
        make('div', {class: 'name'}, entry.name), ...data.rows.map((row) => figureOf(row, entry))]),
    ]));
  }
  draw(number);
  return [
    make('section', {class: 'card'}, make('details', {}, make('summary', {}, 'The methods'),
      data.rows.map((row) => make('div', {class: 'spaced'}, described(row))))),
    make('section', {class: 'card'}, make('div', {class: 'bar'}, previous, next, place), grid),
  ];
}

function failed() {
  return make('section', {class: 'card failures'},
    make('h2', {}, failures.length === 1 ? '1 image failed' : `${failures.length} images failed`),
    make('div', {class: 'scroll', tabindex: '0'}, make('table', {}, [...failures].map(parsed).map(({name, reason}) =>
      make('tr', {}, make('th', {}, name), make('td', {}, reason))))));
}

show(
  pageHeader(data.title, summary.subtitle),
  make('div', {class: 'cards'}, summary.cards.map((card) =>
    make('a', {class: 'card', href: card.page}, make('h2', {}, card.title),
      make('p', {class: 'soft'}, card.explanation), make('p', {}, make('b', {}, 'Open →'))))),
  ...(failures.length ? [failed()] : []),
  ...(images.length > PAGE ? byImage() : byMethod()),
  make('footer', {}, summary.footer));
