import {make} from './dom.js';

/** Styles that a drawing needs outside of its page. */
const STYLES = ['fill', 'stroke', 'stroke-width', 'stroke-opacity', 'opacity', 'font', 'text-anchor', 'dominant-baseline', 'transform'];

/** Offers a text or blob as a file. */
export function save(name, content, type = 'text/plain') {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], {type}));
  make('a', {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** A drawing as a file of its own, with the styles that it has in the page. */
function standalone(svg) {
  const copy = svg.cloneNode(true);
  const originals = [svg, ...svg.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll('*')].forEach((node, i) => {
    const style = getComputedStyle(originals[i]);
    node.setAttribute('style', STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(';'));
  });
  const {x, y, width, height} = svg.viewBox.baseVal;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', width);
  copy.setAttribute('height', height);
  const ground = make('rect', {x, y, width, height, style: `fill:${getComputedStyle(document.body).getPropertyValue('--card')}`});
  copy.prepend(ground);
  return new XMLSerializer().serializeToString(copy);
}

export const saveSvg = (name, svg) => save(name + '.svg', standalone(svg), 'image/svg+xml');

/** Saves a drawing as an image of twice its size. */
export function savePng(name, svg) {
  const {width, height} = svg.viewBox.baseVal;
  const image = new Image();
  image.onload = () => {
    const canvas = make('canvas', {width: 2 * width, height: 2 * height});
    canvas.getContext('2d').drawImage(image, 0, 0, 2 * width, 2 * height);
    canvas.toBlob((blob) => save(name + '.png', blob));
  };
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(standalone(svg));
}

/** One cell of a CSV file. */
const cell = (value) => (/[",\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : value);

/** Rows as a CSV file. */
export const saveCsv = (name, rows) => save(name + '.csv', rows.map((row) => row.map(cell).join(',')).join('\n') + '\n', 'text/csv');

/** Buttons that save, by their names. */
export function savers(actions) {
  return make('div', {class: 'chips', role: 'group', 'aria-label': 'save as'},
    Object.entries(actions).map(([name, action]) => make('button', {onclick: action, title: 'Save as ' + name}, name)));
}
