import {make} from './dom.js';
import {live, recompute} from './live.js';

/** A field's text, of a list by its separator. */
const written = ({separator}, value) => (Array.isArray(value) ? value.join(separator) : value ?? '');

/** What a field's text stands for: a list if it has a separator, and null if that is empty. */
function read({separator}, text) {
  if (!separator) return text;
  return text.trim() ? text.split(separator) : null;
}

/**
 * Fields for the request that a live page's data answers; nothing on a page that is a file.
 * `fields` have a name, a label, whether they are `long`, and for lists a `separator`; `onData`
 * receives the answer, and `shown` gives what else the request needs to know of the page.
 */
export function liveForm(fields, onData, shown = () => ({})) {
  if (!live) return [];
  const request = live.request;
  const inputs = new Map(fields.map((field) => [field, make(field.long ? 'textarea' : 'input', {rows: field.long ? 5 : undefined, 'aria-label': field.label, spellcheck: 'false'})]));
  inputs.forEach((input, field) => { input.value = written(field, request[field.name]); });
  const model = make('select', {'aria-label': 'model'}, live.models.map((name) =>
    make('option', {value: name, selected: name === request.model ? '' : undefined}, name)));
  const problem = make('p', {class: 'problem', role: 'alert'});
  const button = make('button', {type: 'submit'}, 'Compute');

  async function send(event) {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = '';
    try {
      const values = Object.fromEntries([...inputs].map(([field, input]) => [field.name, read(field, input.value)]));
      onData(await recompute({...live.request, ...shown(), model: model.value, ...values}));
    } catch (error) {
      if (error.name !== 'AbortError') problem.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  }

  return make('section', {class: 'card'}, make('form', {class: 'live', onsubmit: send},
    fields.map((field) => make('label', {}, make('span', {class: 'soft'}, field.label), inputs.get(field))),
    make('div', {class: 'bar'}, make('label', {}, make('span', {class: 'soft'}, 'Model'), model), button), problem));
}
