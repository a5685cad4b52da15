import {checkbox, choice} from './controls.js';
import {make, range} from './dom.js';
import {live, recompute} from './live.js';

const KINDS = ['embedding', 'context'];

/** The tokens as buttons: a click chooses the one that is looked for, a double click masks it. */
function tokenChips(result, request, onChange) {
  const chosen = request.position;
  const mask = (i) => {
    request.masked = request.masked.includes(i) ? request.masked.filter((other) => other !== i) : [...request.masked, i];
    onChange();
  };
  const buttons = result.written.map((token, i) => make('button', {
    type: 'button', 'aria-pressed': String(i === chosen), disabled: i === 0 || i === result.written.length - 1,
    title: 'click: look for it · double click: mask it, or unmask it',
    // A double click's second click has a detail of 2.
    onclick: (event) => { request.position = i; if (event.detail === 2) mask(i); else onChange(); },
  }, request.masked.includes(i) ? '[MASK]' : token));
  return make('div', {class: 'chips', role: 'group', 'aria-label': 'token that is looked for'}, buttons,
    checkbox('masked', request.masked.includes(chosen), () => mask(chosen)));
}

function headChips(index, request, onChange) {
  const chosen = request.heads.length ? request.heads : range(index.heads);
  return make('div', {class: 'chips', role: 'group', 'aria-label': 'heads'}, range(index.heads).map((head) => make('button', {
    type: 'button', 'aria-pressed': String(chosen.includes(head)),
    onclick: () => {
      const heads = chosen.includes(head) ? chosen.filter((other) => other !== head) : [...chosen, head];
      request.heads = heads.length === index.heads ? [] : heads.sort((a, b) => a - b);
      onChange();
    },
  }, String(head))));
}

/** A choice among names. */
const select = (label, names, current, onChoose) => make('label', {}, make('span', {class: 'soft'}, label), make('select', {
  'aria-label': label.toLowerCase(), onchange: (event) => onChoose(event.target.value),
}, names.map((name) => make('option', {value: name, selected: name === current}, String(name)))));

/** Asks the server for another text, token, layer or choice of heads; `onAnswer` gets its data. */
export function searchForm(result, index, onAnswer) {
  const {word, earlier, ...asked} = live.request; // the answer tells the word's position, and where earlier ones are now
  const {text, position, masked, layer, by, heads} = result.request;
  const request = {...asked, text, position, masked, layer, by, heads};
  const form = make('form', {class: 'search', onsubmit: (event) => { event.preventDefault(); send(); }});
  const problem = make('p', {class: 'problem', role: 'alert'});
  const input = make('input', {type: 'text', value: text, 'aria-label': 'text', class: 'text', dir: 'auto', oninput: () => { request.text = input.value; draw(); }});
  const choices = make('div');

  async function send() {
    problem.textContent = '';
    form.setAttribute('aria-busy', 'true');
    try {
      onAnswer(await recompute(isShown() ? request : {...request, earlier: result.written}));
    } catch (error) {
      if (error.name !== 'AbortError') problem.textContent = error.message;
    } finally {
      form.removeAttribute('aria-busy');
    }
  }

  function chooseIndex(name) {
    Object.assign(request, {index: name, heads: []});
    delete request.layer;
    draw();
  }

  const isOtherIndex = () => request.index !== asked.index;

  /** Whether the tokens are still those of the text and the index's model. */
  const isShown = () => request.text === text && !isOtherIndex();

  function tokens() {
    return isShown()
      ? tokenChips(result, request, draw)
      : make('span', {class: 'soft'}, 'Search shows the tokens anew. What is masked or looked for stays with its word; if that is gone, the first is looked for.');
  }

  function layers() {
    const kept = request.by === 'context' ? index.contexts : index.embeddings;
    if (!kept.includes(request.layer)) request.layer = kept[kept.length - 1];
    return select('Layer', kept, request.layer, (chosen) => { request.layer = +chosen; });
  }

  /** Draws the choices; the focus stays where it was. */
  function draw() {
    const focused = [...choices.querySelectorAll('button, input, select')].indexOf(document.activeElement);
    choices.replaceChildren(
      make('div', {class: 'bar'}, tokens()),
      isOtherIndex() ? '' : make('div', {class: 'bar'},
        index.contexts.length ? choice(KINDS, KINDS.indexOf(request.by), (i) => { request.by = KINDS[i]; draw(); }, 'search by') : '',
        layers()),
      isOtherIndex() ? '' : make('div', {class: 'bar'}, make('span', {class: 'soft'}, 'Heads'), headChips(index, request, draw)));
    choices.querySelectorAll('button').forEach((button) => { button.type = 'button'; });
    choices.querySelectorAll('button, input, select')[focused]?.focus();
  }

  form.append(
    make('div', {class: 'bar'}, live.models.length > 1 ? select('Index', live.models, asked.index, chooseIndex) : '', input, make('button', {type: 'submit'}, 'Search')),
    choices, problem);
  draw();
  return form;
}
