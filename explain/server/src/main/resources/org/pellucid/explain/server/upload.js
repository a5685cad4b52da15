import {data} from './data.js';
import {make} from './dom.js';
import {pageHeader, show} from './frame.js';

const shown = make('img', {alt: 'the chosen picture', hidden: ''});
const answer = make('div', {role: 'status'});
const file = make('input', {type: 'file', name: 'picture', accept: 'image/*', required: '', 'aria-label': 'picture'});
const model = make('select', {name: 'model', 'aria-label': 'classifier'},
  data.models.map((name) => make('option', {value: name}, name)));
const submit = make('button', {type: 'submit'}, 'Explain');
let asked = new AbortController();

/** Asks for the class of the chosen picture and shows the likeliest. */
async function classify() {
  asked.abort();
  asked = new AbortController();
  const picture = file.files[0];
  if (!picture) return;
  URL.revokeObjectURL(shown.src);
  shown.src = URL.createObjectURL(picture);
  shown.hidden = false;
  answer.replaceChildren('Classifying…');
  try {
    if (picture.size > data.largest - 10000) throw new Error(`The picture has ${picture.size} bytes; at most ${data.largest} are taken.`);
    const response = await fetch(`/api/image/classify?model=${encodeURIComponent(model.value)}`, {
      method: 'POST', headers: {'Content-Type': 'application/octet-stream'}, body: picture, signal: asked.signal,
    });
    const found = await response.json();
    if (!response.ok) throw new Error(found.error);
    answer.replaceChildren(classes(found));
  } catch (error) {
    if (error.name !== 'AbortError') answer.replaceChildren(make('p', {class: 'refused'}, error.message));
  }
}

/** The named class is the likeliest; the others have their numbers. */
function classes({probabilities, predicted, class: name}) {
  const ranked = probabilities.map((probability, i) => ({probability, i})).sort((a, b) => b.probability - a.probability);
  return make('ul', {class: 'classes'}, ranked.slice(0, 3).map(({probability, i}) => make('li', {},
    make('span', {}, i === predicted ? name : `class ${i}`),
    make('span', {}, `${(100 * probability).toFixed(1)}\u00a0%`),
    make('i', {style: `width:${100 * probability}%`}))));
}

const drop = make('div', {
  class: 'drop',
  ondragover: (event) => { event.preventDefault(); drop.classList.add('over'); },
  ondragleave: () => drop.classList.remove('over'),
  ondrop: (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    if (event.dataTransfer.files.length) { file.files = event.dataTransfer.files; classify(); }
  },
}, make('label', {}, 'Choose a picture or drop it here: ', file), shown, answer);

const methods = make('fieldset', {}, make('legend', {}, 'Methods'),
  make('div', {class: 'methods'}, data.methods.map(({name, title, question, usual}) => make('label', {},
    make('input', {type: 'checkbox', name: 'methods', value: name, checked: usual}),
    make('span', {}, title), make('small', {}, question)))));

file.addEventListener('change', classify);
model.addEventListener('change', classify);
const form = make('form', {
  method: 'post', action: '/image', enctype: 'multipart/form-data', class: 'picker',
  onsubmit: () => { submit.textContent = 'Explaining…'; setTimeout(() => { submit.disabled = true; }); },
}, make('div', {class: 'bar'}, make('label', {}, 'Classifier', model)), drop, make('div', {class: 'bar'}, submit), methods);
// Back from the results the form is as it was left.
addEventListener('pageshow', () => { submit.disabled = false; submit.textContent = 'Explain'; });
show(
  pageHeader(data.title, 'Which class a network sees in it, and which pixels say so.'),
  make('section', {class: 'card'}, form),
  make('footer', {}, make('a', {href: '/'}, 'To the overview')));
if (file.files.length) classify();
