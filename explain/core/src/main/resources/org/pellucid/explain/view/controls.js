import {make} from './dom.js';

/** A row of buttons of which one is pressed. */
export function choice(names, current, onChoose, label) {
  const buttons = names.map((name, i) => make('button', {
    'aria-pressed': String(i === current),
    onclick: () => {
      buttons.forEach((button, j) => button.setAttribute('aria-pressed', String(j === i)));
      onChoose(i);
    },
  }, name));
  return make('div', {class: 'chips', role: 'group', 'aria-label': label}, buttons);
}

/** A checkbox with its label. */
export function checkbox(label, checked, onChange) {
  return make('label', {}, make('input', {
    type: 'checkbox',
    checked: checked ? '' : undefined,
    onchange: (event) => onChange(event.target.checked),
  }), label);
}

/**
 * The choice of a layer, by slider or by the arrow keys; layers count from 0, as in the files.
 * `set` changes the number of layers and the layer shown without a call of `onChange`.
 */
export function layerControl(onChange) {
  const number = make('output');
  const slider = make('input', {type: 'range', min: 0, 'aria-label': 'layer', oninput: () => choose(+slider.value)});

  function set(count, layer) {
    slider.max = count - 1;
    slider.value = layer;
    number.textContent = layer;
  }

  function choose(layer) {
    set(+slider.max + 1, layer);
    onChange(layer);
  }

  addEventListener('keydown', (event) => {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    const layer = +slider.value + step;
    if (step && !event.target.matches('input, textarea, select') && layer >= 0 && layer <= +slider.max) choose(layer);
  });
  return {element: make('label', {class: 'layer'}, make('span', {class: 'soft'}, 'Layer'), slider, number), set};
}
