import {choice} from './controls.js';
import {data} from './data.js';
import {make} from './dom.js';
import {pageHeader, show} from './frame.js';
import {short} from './numbers.js';
import {remember, stored, wholeNumber} from './state.js';

const SIDES = [96, 160, 256];
const ORDERS = {number: 'by number', strength: 'by strength'};
const layers = [...new Set(data.entries.map((entry) => entry.layer))];
const grid = make('div', {class: 'atlas'});
const note = make('p', {class: 'soft', role: 'status'});
const dialog = make('dialog', {
  onclick: (event) => { if (event.target === dialog) dialog.close(); },
  onclose: () => remember({filter: ''}),
});
document.body.append(dialog);
let layer = wholeNumber('layer', 0, layers.length - 1);
let side = wholeNumber('size', 1, SIDES.length - 1);
let order = Object.keys(ORDERS).includes(stored('order')) ? stored('order') : 'number';
let shown = [];

function strongest({name, image, value, down, right}) {
  return make('figure', {},
    make('div', {class: 'spot'}, make('img', {src: image, alt: ''}),
      make('i', {style: `left:${100 * right}%;top:${100 * down}%`})),
    make('figcaption', {}, `${name} · ${short(value)}`));
}

function rows(entries) {
  return make('table', {}, Object.entries(entries).map(([name, value]) =>
    make('tr', {}, make('th', {}, name), make('td', {}, value))));
}

/** Shows one filter large; the arrow keys go on to its neighbours. */
function enlarge(at) {
  const entry = shown[at];
  const title = `${entry.layer}, filter ${entry.filter}`;
  const step = (by) => shown[at + by] && enlarge(at + by);
  dialog.onkeydown = (event) => {
    if (event.key === 'ArrowLeft') step(-1);
    if (event.key === 'ArrowRight') step(1);
  };
  dialog.replaceChildren(make('div', {class: 'large'},
    make('img', {src: entry.image, alt: title}),
    make('div', {},
      make('h2', {}, title),
      rows({'activation before': short(entry.before), after: short(entry.after), ...data.settings}),
      entry.strongest.length ? make('h3', {}, 'Strongest images') : '',
      make('div', {class: 'strong'}, entry.strongest.map(strongest)),
      make('p', {}, make('a', {href: entry.data}, 'numbers as NPY')),
      make('div', {class: 'bar spaced'},
        make('button', {onclick: () => step(-1), disabled: at === 0, 'aria-label': 'Previous filter'}, '←'),
        make('button', {onclick: () => step(1), disabled: at === shown.length - 1, 'aria-label': 'Next filter'}, '→'),
        make('button', {onclick: () => dialog.close()}, 'Close')))));
  remember({filter: entry.filter});
  if (!dialog.open) dialog.showModal();
}

function draw() {
  shown = data.entries.filter((entry) => entry.layer === layers[layer]);
  if (order === 'strength') shown = shown.toSorted((a, b) => b.after - a.after);
  grid.style.gridTemplateColumns = `repeat(auto-fill, minmax(min(${SIDES[side]}px, 42%), 1fr))`;
  grid.replaceChildren(...shown.map((entry, at) => make('figure', {'data-filter': entry.filter},
    make('button', {onclick: () => enlarge(at), 'aria-label': `Enlarge filter ${entry.filter}`},
      make('img', {src: entry.image, alt: '', loading: 'lazy'})),
    make('figcaption', {}, make('b', {}, String(entry.filter)), make('span', {}, short(entry.after))))));
  note.textContent = `${shown.length} filters of ${layers[layer]}; below each its number and the sum of its activation.`;
  remember({layer, size: side, order});
}

show(
  pageHeader(data.title, data.subtitle),
  make('section', {class: 'card'},
    make('div', {class: 'bar'},
      choice(layers, layer, (i) => { layer = i; draw(); }, 'layer'),
      choice(['small', 'medium', 'large'], side, (i) => { side = i; draw(); }, 'size'),
      choice(Object.values(ORDERS), Object.keys(ORDERS).indexOf(order), (i) => { order = Object.keys(ORDERS)[i]; draw(); }, 'order')),
    note, grid),
  make('footer', {}, make('p', {}, 'Each image was made from nothing so that one filter responds as much as it can, seen shifted, scaled and turned. The circle marks where an image moves the filter most.')));
const wanted = stored('filter');
draw();
if (wanted) {
  const at = shown.findIndex((entry) => String(entry.filter) === wanted);
  if (at >= 0) enlarge(at);
}
