import {choice} from './controls.js';
import {make, range} from './dom.js';
import {live, recompute} from './live.js';

const KINDS = ['embedding', 'context'];

/** The tokens as buttons: a click chooses the one that is looked for, a double click masks it. */
function tokenChips(result, request, draw) {
  return make('div', {class: 'chips', role: 'group', 'aria-label': 'token that is looked for'}, result.tokens.map((token, i) => make('button', {
    'aria-pressed': String(i === request.position), disabled: i === 0 || i === result.tokens.length - 1 ? '' : undefined,
    title: 'click: look for it · double click: mask it, or unmask it',
    onclick: () => { request.position = i; draw(); },
    ondblclick: () => {
      request.masked = request.masked.includes(i) ? request.masked.filter((other) => other !== i) : [...request.masked, i];
      draw();
    },
  }, request.masked.includes(i) ? '[MASK]' : token)));
}

function headChips(index, request, draw) {
  const chosen = request.heads.length ? request.heads : range(index.heads);
  return make('div', {class: 'chips', role: 'group', 'aria-label': 'heads'}, range(index.heads).map((head) => make('button', {
    'aria-pressed': String(chosen.includes(head)),
    onclick: () => {
      const heads = chosen.includes(head) ? chosen.filter((other) => other !== head) : [...chosen, head];
      request.heads = heads.length === index.heads ? [] : heads.sort((a, b) => a - b);
      draw();
    },
  }, String(head))));
}

/** Asks the server for another text, token, layer or choice of heads; `onAnswer` gets its data. */
export function searchForm(result, index, onAnswer) {
  const {text, position, masked, layer, by, heads} = result.request;
  const request = {...live.request, text, position, masked, layer, by, heads};
  const form = make('form', {class: 'search', onsubmit: (event) => { event.preventDefault(); send(); }});
  const problem = make('p', {class: 'problem', role: 'alert'});

  async function send() {
    problem.textContent = '';
    form.setAttribute('aria-busy', 'true');
    try {
      onAnswer(await recompute(request));
    } catch (error) {
      if (error.name !== 'AbortError') problem.textContent = error.message;
    } finally {
      form.removeAttribute('aria-busy');
    }
  }

  function draw() {
    const layers = request.by === 'context' ? index.contexts : index.embeddings;
    if (!layers.includes(request.layer)) request.layer = layers[layers.length - 1];
    form.replaceChildren(
      make('div', {class: 'bar'}, make('input', {
        type: 'text', value: request.text, 'aria-label': 'text', class: 'text',
        oninput: (event) => { request.text = event.target.value; request.masked = []; },
      }), make('button', {type: 'submit'}, 'Search')),
      make('div', {class: 'bar'}, tokenChips(result, request, draw)),
      make('div', {class: 'bar'},
        index.contexts.length ? choice(KINDS, KINDS.indexOf(request.by), (i) => { request.by = KINDS[i]; draw(); }, 'search by') : '',
        make('label', {}, make('span', {class: 'soft'}, 'Layer'), make('select', {
          'aria-label': 'layer', onchange: (event) => { request.layer = +event.target.value; },
        }, layers.map((layer) => make('option', {value: layer, selected: layer === request.layer ? '' : undefined}, String(layer)))))),
      make('div', {class: 'bar'}, make('span', {class: 'soft'}, 'Heads'), headChips(index, request, draw)),
      problem);
    form.querySelectorAll('button:not([type])').forEach((button) => { button.type = 'button'; });
  }

  draw();
  return form;
}
