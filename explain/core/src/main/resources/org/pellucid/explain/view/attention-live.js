import {live, recompute} from './live.js';
import {make} from './dom.js';

/** Whether a server computes anew. */
export const isLive = live !== null;

const status = make('p', {class: 'status', role: 'alert'});

/** Where requests' progress and refusals are told. */
export const liveStatus = status;

/** Tells something beside the controls. */
export function tellStatus(...content) {
  status.replaceChildren(...content);
}

/** Asks for the page's data of a changed request, and hands it on. */
export async function ask(changes, onData) {
  const request = {...live.request, ...changes};
  document.body.setAttribute('aria-busy', 'true');
  tellStatus('Computing …');
  try {
    const data = await recompute(request);
    tellStatus();
    await onData(data);
  } catch (error) {
    if (error.name !== 'AbortError') tellStatus(error.message);
  } finally {
    document.body.removeAttribute('aria-busy');
  }
}

/** The boxes for text and pair, and the choice of the model. */
export function editor(data, onData) {
  const send = () => ask({model: model.value, text: text.value, pair: pair.value, masked: []}, onData);
  const box = (label, value) => make('textarea', {
    'aria-label': label, rows: value.length > 160 ? 4 : 2, dir: 'auto', placeholder: label,
    onkeydown: (event) => {
      if (event.key === 'Enter' && !event.shiftKey) { event.preventDefault(); send(); }
    },
  }, value);
  const text = box('text', live.request.text ?? data.text);
  const pair = box('second text (optional)', live.request.pair ?? data.pair);
  const names = live.models.includes(live.request.model) ? live.models : [live.request.model, ...live.models];
  const model = make('select', {'aria-label': 'model', onchange: send},
    names.filter((name) => name).map((name) => make('option', {value: name, selected: name === live.request.model ? '' : false}, name)));
  return make('div', {class: 'editor'}, text, pair,
    make('div', {class: 'bar'}, model, make('button', {onclick: send}, 'Update'),
      make('span', {class: 'soft'}, 'Enter computes anew, Shift + Enter begins a new line.')));
}
