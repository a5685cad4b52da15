import {badge} from './attention-badges.js';
import {headColour} from './attention-palette.js';
import {COMBINED, NORMS, PAIRS, SHOWN, TABS} from './attention-state.js';
import {hasHeads, isThere} from './attention-values.js';
import {checkbox, choice} from './controls.js';
import {make, range} from './dom.js';

const TAB_NAMES = ['Links', 'Links by head', 'All layers and heads', 'Queries and keys'];
const SHOWN_NAMES = {attention: 'attention', gradient: 'attention × gradient', rollout: 'rollout', flow: 'flow'};

const named = (name, ...content) => make('div', {class: 'bar'}, make('span', {class: 'soft'}, name), ...content);

function picker(label, options, value, onChange) {
  return make('label', {}, label, make('select', {'aria-label': label, onchange: (event) => onChange(event.target.value)},
    options.map(([id, text, disabled]) => make('option', {value: id, selected: id === value ? '' : false, disabled: disabled ? '' : false}, text))));
}

function variantControl(view, variants, actions) {
  if (variants.length < 2) return '';
  return named('Text', choice(variants.map(({name}) => name), variants.indexOf(view.variant),
    (i) => actions.variant(variants[i]), 'form of the text'));
}

function headControl(view, actions) {
  const {heads, figures} = view.variant;
  const enabled = hasHeads(view);
  return make('div', {class: 'bar'}, make('span', {class: 'soft'}, 'Heads'),
    make('div', {class: 'chips heads', role: 'group', 'aria-label': 'heads'}, range(heads).map((h) => make('button', {
      'aria-pressed': String(view.heads.has(h)), disabled: enabled ? false : '', 'data-head': h,
      style: view.tab === 'heads' ? `--head:${headColour(h)}` : '', class: view.tab === 'heads' ? 'coloured' : '',
      title: 'Click: on or off. Double-click: this head alone, or all.',
      onclick: () => actions.clickHead(h),
    }, String(h), badge(figures[view.layer * heads + h])))),
    make('button', {onclick: () => actions.update({heads: new Set(range(heads))}), disabled: enabled ? false : ''}, 'All'),
    make('button', {onclick: () => actions.update({heads: new Set()}), disabled: enabled ? false : ''}, 'None'));
}

function slider(label, value, high, step, text, onInput) {
  const amount = make('output', {}, text(value));
  return make('label', {}, label, make('input', {
    type: 'range', 'aria-label': label, min: 0, max: high, step, value,
    oninput: (event) => { amount.textContent = text(+event.target.value); onInput(+event.target.value); },
  }), amount);
}

function comparisonControl(view, variants, actions) {
  const value = view.compare ? `${view.compare.kind}-${view.compare.index}` : '';
  const n = view.variant.tokens.length;
  const options = [['', 'nothing'],
    ...variants.map((variant, i) => [`variant-${i}`, `“${variant.name}”`, variant === view.variant || variant.tokens.length !== n])
      .filter(() => variants.length > 1),
    ...range(view.variant.layers).map((layer) => [`layer-${layer}`, `layer ${layer}`, view.show === 'flow'])];
  return picker('Difference to', options, value, (id) => {
    const [kind, index] = id.split('-');
    actions.update({compare: id ? {kind, index: +index} : null});
  });
}

function pairControl(view, data, actions) {
  if (!view.variant.segments.includes(1)) return '';
  const [a, b] = data.parts;
  const names = {all: 'all tokens', AA: `${a} → ${a}`, AB: `${a} → ${b}`, BA: `${b} → ${a}`, BB: `${b} → ${b}`};
  return picker('Pairs', PAIRS.map((id) => [id, names[id]]), view.pairs, (pairs) => actions.update({pairs}));
}

/** All controls; `actions.update` draws with changed settings, `tune` without building them anew. */
export function controls(view, variants, data, layers, actions) {
  const missing = {gradient: 'mask a word', flow: 'use --flow'};
  return make('div', {class: 'controls'},
    variantControl(view, variants, actions),
    named('View', choice(TAB_NAMES, TABS.indexOf(view.tab), (i) => actions.update({tab: TABS[i]}), 'view')),
    make('div', {class: 'bar'}, layers),
    headControl(view, actions),
    make('div', {class: 'bar'},
      picker('Show', SHOWN.map((id) => [id, SHOWN_NAMES[id] + (isThere(view, id) ? '' : ` (${missing[id]})`), !isThere(view, id)]),
        view.show, (show) => actions.update({show})),
      picker('Heads together', COMBINED.map((id) => [id, id]), view.combine, (combine) => actions.update({combine})),
      pairControl(view, data, actions),
      comparisonControl(view, variants, actions),
      picker('Scale', NORMS.map((id) => [id, {all: 'all', row: 'each row', column: 'each column'}[id]]), view.norm, (norm) => actions.update({norm}))),
    make('div', {class: 'bar'},
      slider('Top share', view.mass, 100, 1, (v) => v + '\u00a0%', (mass) => actions.tune({mass})),
      slider('At least', view.least, 1, 0.01, (v) => v.toFixed(2), (least) => actions.tune({least})),
      checkbox('hide special tokens', view.hideSpecial, (hideSpecial) => actions.update({hideSpecial}))));
}
