import {data} from './data.js';
import {make} from './dom.js';
import {pageHeader, show} from './frame.js';

const names = (title, models, none) => make('div', {class: 'card'},
  make('h2', {}, title),
  models.length
    ? make('ul', {class: 'list'}, models.map((name) => make('li', {}, name)))
    : make('p', {class: 'soft'}, none));

show(
  pageHeader(data.title, 'What a neural network looks at, and why it answers what it answers.'),
  make('div', {class: 'cards'}, data.links.map(({address, title, sentence}) => make('div', {class: 'card'},
    make('a', {href: address}, make('b', {}, title), make('p', {class: 'soft'}, sentence))))),
  make('div', {class: 'cards'},
    names('Models of texts', data.textModels, 'None is on this machine; see pellucid serve --help.'),
    names('Models of pictures', data.imageModels, 'None is offered.'),
    data.indexes.length ? names('Indexed texts', data.indexes.map(({name, corpus, model}) => `${name}: ${corpus}, by ${model}`), '') : ''),
  make('footer', {}, 'Programs ask the same in JSON: ', make('a', {href: '/openapi.json'}, 'the interface'), '.'));
