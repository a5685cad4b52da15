'use strict';
const page = document.getElementById('page');
const dialog = make('dialog', {onclick: (event) => { if (event.target === dialog) dialog.close(); }});
document.body.append(dialog);

function table(entries) {
  return make('table', {}, Object.entries(entries).map(([name, value]) =>
    make('tr', {}, make('th', {}, name), make('td', {}, value))));
}

function enlarge(row, figure, column) {
  dialog.replaceChildren(
    make('div', {class: 'two'},
      make('img', {src: figure.image, alt: `${row.title} of ${column}`}),
      make('div', {},
        make('h2', {}, row.title), make('p', {class: 'soft'}, column),
        table({...figure.numbers, ...row.parameters}),
        figure.data ? make('p', {}, make('a', {href: figure.data}, 'numbers as NPY')) : '',
        make('p', {}, make('button', {onclick: () => dialog.close()}, 'Close')))));
  dialog.showModal();
}

function figureOf(row, figure, column) {
  if (!figure.image) return make('figure', {}, make('figcaption', {}, figure.caption));
  return make('figure', {},
    make('button', {onclick: () => enlarge(row, figure, column), 'aria-label': `Enlarge ${row.title} of ${column}`},
      make('img', {src: figure.image, alt: '', loading: 'lazy'})),
    make('figcaption', {}, figure.caption));
}

function section(row) {
  const parameters = Object.entries(row.parameters);
  return make('section', {class: 'card'},
    make('h2', {}, row.title), make('p', {class: 'soft'}, row.explanation),
    parameters.length ? make('p', {class: 'parameters'}, parameters.map(([name, value], i) =>
      [i ? ' · ' : '', name + ' ', make('code', {}, value)]).flat()) : '',
    make('div', {class: 'scroll', tabindex: '0'},
      make('div', {class: 'grid', style: `grid-template-columns: repeat(${row.figures.length}, 148px)`},
        row.figures.map((figure, i) => figureOf(row, figure, data.columns[i])))));
}

page.append(
  pageHeader(data.title, data.subtitle),
  make('div', {class: 'cards'}, data.cards.map((card) =>
    make('a', {class: 'card', href: card.page}, make('h2', {}, card.title),
      make('p', {class: 'soft'}, card.explanation), make('p', {}, make('b', {}, 'Open →'))))),
  ...data.rows.map(section),
  make('footer', {}, data.footer));
