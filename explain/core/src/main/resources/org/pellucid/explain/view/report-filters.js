import {make} from './dom.js';
import {classes, metrics} from './report-entries.js';
import {remember, stored} from './state.js';

/** What filters and sorting are before anyone chooses. */
const STANDARD = {
  text: '', known: '', predicted: '', right: '', from: '', to: '', metric: '', low: '', high: '', sort: 'order', down: 'up',
};

const field = (label, ...controls) => make('div', {class: 'field'}, make('span', {class: 'label'}, label), make('div', {class: 'controls'}, controls.flat()));

/**
 * The controls that choose and sort images; `onChange` is called after each change.
 * `filters` are the values as they are now.
 */
export function filterBar(onChange) {
  const filters = Object.fromEntries(Object.entries(STANDARD).map(([name, value]) => [name, stored(name) ?? value]));
  if (!['order', 'name', 'confidence', 'metric'].includes(filters.sort)) filters.sort = 'order';

  function set(name, value) {
    filters[name] = value;
    remember({[name]: value, page: 0});
    onChange();
  }

  function list(name, label, options) {
    const select = make('select', {'aria-label': label, onchange: () => set(name, select.value)},
      options.map(([value, text]) => make('option', {value, selected: filters[name] === value ? '' : undefined}, text)));
    if (!options.some(([value]) => value === filters[name])) filters[name] = options[0][0];
    return select;
  }

  const named = (names) => names.map((name) => [name, name]);
  const number = (name, label, hint) => make('input', {
    type: 'number', step: 'any', inputmode: 'decimal', class: 'bound', 'aria-label': label, placeholder: hint, value: filters[name],
    oninput: (event) => set(name, event.target.value),
  });
  const bounds = (low, high, what) => [number(low, `${what} from`, 'from'), make('span', {class: 'soft'}, '–'), number(high, `${what} to`, 'to')];
  const order = make('button', {
    class: 'order', 'aria-label': 'reverse the order', title: 'reverse the order',
    onclick: () => { set('down', filters.down === 'down' ? 'up' : 'down'); order.textContent = arrow(); },
  }, arrow());

  function arrow() {
    return filters.down === 'down' ? '↓' : '↑';
  }

  const reset = make('button', {
    class: 'quiet', onclick: () => { Object.assign(filters, STANDARD); remember({...STANDARD, page: 0}); draw(); onChange(); },
  }, 'Show all');
  const element = make('div', {class: 'filters'});

  function draw() {
    order.textContent = arrow();
    element.replaceChildren(
      field('Name', make('input', {
        type: 'search', 'aria-label': 'name', placeholder: 'part of a name', value: filters.text,
        oninput: (event) => set('text', event.target.value),
      })),
      classes.known.length ? field('Class', list('known', 'known class', [['', 'any'], ...named(classes.known)])) : '',
      field('Predicted', list('predicted', 'predicted class', [['', 'any'], ...named(classes.predicted)])),
      classes.known.length ? field('Prediction', list('right', 'prediction', [['', 'right or wrong'], ['true', 'right'], ['false', 'wrong']])) : '',
      field('Confidence, %', bounds('from', 'to', 'confidence')),
      ...(metrics.length ? [
        field('Metric', list('metric', 'metric', [['', 'none'], ...metrics.map(({id, title}) => [id, title])])),
        field('Its value', bounds('low', 'high', 'metric'))] : []),
      field('Sorted by', list('sort', 'sorted by', [
        ['order', 'run order'], ['name', 'name'], ['confidence', 'confidence'],
        ...(metrics.length ? [['metric', 'the metric']] : [])]), order),
      field('\u00a0', reset));
  }
  draw();
  return {element, filters};
}
