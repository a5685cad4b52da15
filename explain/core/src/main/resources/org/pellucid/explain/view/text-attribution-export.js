import {make} from './dom.js';

function save(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], {type}));
  const link = make('a', {href: address, download: name});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

const quoted = (cell) => '"' + String(cell).replaceAll('"', '""') + '"';

/** A line for each unit, a column for each method. */
export function csv(units, methods, numbersOf) {
  const head = ['position', 'text', ...methods.map(({name}) => name)];
  const lines = units.map((unit, i) => [unit.tokens.join(' '), unit.text, ...methods.map((method) => numbersOf(method)[i])]);
  return [head, ...lines].map((cells) => cells.map(quoted).join(',')).join('\r\n') + '\r\n';
}

/** Buttons that save what the page shows. */
export function exports({table, json, drawing}) {
  const svg = () => {
    const copy = drawing().cloneNode(true);
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    copy.setAttribute('font-family', 'sans-serif');
    copy.setAttribute('font-size', '13');
    return copy.outerHTML;
  };
  return make('div', {class: 'chips', role: 'group', 'aria-label': 'save'},
    make('button', {onclick: () => save('attributions.csv', 'text/csv', '\ufeff' + table())}, 'CSV'),
    make('button', {onclick: () => save('attributions.json', 'application/json', json())}, 'JSON'),
    make('button', {onclick: () => save('attributions.svg', 'image/svg+xml', svg())}, 'SVG'));
}
