import {make} from './dom.js';
import {live, recompute} from './live.js';

/** A label with a field for one value of the request. */
function field(name, label, value, long) {
  const input = make(long ? 'textarea' : 'input', {name, rows: long ? 2 : undefined, 'aria-label': label, dir: 'auto'});
  input.value = value ?? '';
  return make('label', {class: long ? 'field long' : 'field'}, make('span', {class: 'soft'}, label), input);
}

function fields(request) {
  return request.question === undefined
    ? [field('text', 'Text', request.text, true), field('mask', 'Masked position', request.mask),
      field('maskToken', 'or masked word', request.maskToken), field('token', 'Word', request.token),
      field('contrast', 'rather than', request.contrast)]
    : [field('question', 'Question', request.question, true), field('context', 'Context', request.context, true)];
}

/** A form that asks the server for other attributions; `onData` gets them. */
export function editor(onData) {
  const request = live.request;
  const state = make('output', {class: 'soft', role: 'status'});
  const model = make('select', {name: 'model', 'aria-label': 'model'},
    live.models.map((name) => make('option', {value: name, selected: name === request.model ? '' : undefined}, name)));
  const methods = field('methods', 'Methods', (request.methods ?? []).join(', '));
  const form = make('form', {class: 'editor', onsubmit: async (event) => {
    event.preventDefault();
    const changed = {...request, model: model.value};
    for (const input of form.querySelectorAll('input, textarea')) {
      const value = input.value.trim();
      if (value === '') delete changed[input.name];
      else if (input.name === 'mask') changed.mask = Number(value);
      else if (input.name === 'methods') changed.methods = value.split(',').map((name) => name.trim()).filter(Boolean);
      else changed[input.name] = input.value;
    }
    state.textContent = 'The model is computing …';
    try {
      onData(await recompute(changed));
      state.textContent = '';
    } catch (error) {
      if (error.name !== 'AbortError') state.textContent = error.message;
    }
  }}, fields(request), methods, make('label', {class: 'field'}, make('span', {class: 'soft'}, 'Model'), model),
  make('button', {type: 'submit'}, 'Explain'), state);
  return make('section', {class: 'card'}, form);
}
