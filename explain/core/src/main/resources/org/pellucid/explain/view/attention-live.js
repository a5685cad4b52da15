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

/** Counts the masks of further requests in the tokens that are shown now. */
export function countMasksIn(data) {
  if (isLive) live.request = {...live.request, masked: data.variants[0].masked, earlier: undefined};
}

/** A button that asks for the queries and keys of a layer which the page doesn't hold. */
export const neuronButton = (layer, onData) => make('button', {
  onclick: () => ask({neurons: [layer]}, onData),
}, `Compute those of layer ${layer}`);

/**
 * The boxes for text and pair, the choice of the model, and the word whose score is explained.
 * `shown` gives the data that the page shows; its last variant is the text as written. Masks stay
 * with the tokens that an edit leaves.
 */
export function editor(shown, onData) {
  const data = shown();
  const send = () => ask({
    model: model.value, text: text.value, pair: pair.value, earlier: shown().variants.at(-1).tokens, target: undefined, neurons: undefined,
  }, onData);
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
  const target = make('input', {
    'aria-label': 'word for attention × gradient', size: 12, placeholder: 'the likeliest', value: live.request.target ?? '',
    onchange: () => ask({target: target.value.trim() || undefined}, onData),
  });
  return make('div', {class: 'editor'}, text, pair,
    make('div', {class: 'bar'}, model, make('button', {onclick: send}, 'Update'),
      make('label', {}, 'Attention × gradient of', target),
      make('span', {class: 'soft'}, 'Enter computes anew, Shift + Enter begins a new line.')));
}
