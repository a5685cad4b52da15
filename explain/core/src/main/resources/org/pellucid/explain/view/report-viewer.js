import {data} from './data.js';
import {make} from './dom.js';
import {short} from './numbers.js';
import {pageOf, verdict} from './report-tiles.js';
import {remember} from './state.js';

const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8];

/**
 * A dialog that shows one figure as large as the window: arrow keys go to other methods and images,
 * + and − enlarge and shrink, Escape closes. `list` gives the images that can be gone to.
 */
export function viewer(list) {
  const title = make('h2');
  const name = make('p', {class: 'soft', dir: 'auto'});
  const image = make('img', {alt: ''});
  const stage = make('div', {class: 'stage', tabindex: '0'}, image);
  const facts = make('div', {class: 'facts'});
  let at = {entry: 0, row: 0};
  let zoom = 0;

  const button = (text, label, run) => make('button', {onclick: run, 'aria-label': label, title: label}, text);
  const dialog = make('dialog', {class: 'viewer', 'aria-label': 'figure', onkeydown: onKey, onclose: () => remember({image: '', row: ''})},
    make('header', {}, make('div', {}, title, name),
      make('div', {class: 'buttons'},
        button('←', 'previous method (left arrow)', () => turn(-1)), button('→', 'next method (right arrow)', () => turn(1)),
        button('↑', 'previous image (arrow up)', () => go(-1)), button('↓', 'next image (arrow down)', () => go(1)),
        button('−', 'smaller (minus)', () => magnify(-1)), button('+', 'larger (plus)', () => magnify(1)),
        button('✕', 'close (Escape)', () => dialog.close()))),
    stage, facts);
  document.body.append(dialog);

  function onKey(event) {
    const run = {
      ArrowLeft: () => turn(-1), ArrowRight: () => turn(1), ArrowUp: () => go(-1), ArrowDown: () => go(1),
      '+': () => magnify(1), '=': () => magnify(1), '-': () => magnify(-1), '−': () => magnify(-1), 0: () => magnify(-zoom),
    }[event.key];
    if (run && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      run();
    }
  }

  /** To the next row that has a figure, round and round. */
  function turn(step) {
    const {figures} = list()[at.entry];
    const count = data.rows.length;
    for (let i = 1; i <= count; i++) {
      const row = ((at.row + step * i) % count + count) % count;
      if (figures[data.rows[row].name]) return draw({...at, row});
    }
    return undefined;
  }

  function go(step) {
    const entry = at.entry + step;
    if (entry >= 0 && entry < list().length) draw({entry, row: at.row});
  }

  function magnify(step) {
    zoom = Math.min(Math.max(zoom + step, 0), ZOOMS.length - 1);
    stage.classList.toggle('zoomed', zoom > 0);
    image.style.width = zoom ? `${100 * ZOOMS[zoom]}%` : '';
  }

  function draw(place) {
    at = place;
    const entry = list()[at.entry];
    const row = data.rows[at.row];
    const figure = entry.figures[row.name];
    title.textContent = row.title;
    name.textContent = `${entry.name} · ${at.entry + 1} of ${list().length}`;
    image.hidden = !figure;
    image.src = figure?.image ?? '';
    image.alt = `${row.title} of ${entry.name}`;
    const quality = Object.entries(figure?.quality ?? {});
    facts.replaceChildren(
      verdict(entry),
      make('p', {}, figure ? figure.scale : 'This method has no figure of this image.'),
      ...(quality.length ? [make('p', {class: 'soft'}, quality.map(([key, value]) => `${key} ${short(value)}`).join(' · '))] : []),
      make('p', {}, entry.page ? make('a', {href: pageOf(entry)}, 'Explore this image') : '',
        figure?.data ? [' · ', make('a', {href: figure.data}, 'numbers as NPY')] : ''));
    remember({image: entry.name, row: row.name});
  }

  return {
    /** Opens the dialog at an image and a row's index. */
    open(entry, row) {
      const index = list().indexOf(entry);
      if (index < 0) return;
      magnify(-zoom);
      draw({entry: index, row});
      dialog.showModal();
      stage.focus();
    },
    /** Whether the dialog is open. */
    isOpen: () => dialog.open,
  };
}
