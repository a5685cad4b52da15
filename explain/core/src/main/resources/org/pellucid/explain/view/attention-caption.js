import {FUNCTIONS, pairWeight, strongestFunction} from './attention-badges.js';
import {hasHeads, isComparable} from './attention-values.js';
import {make} from './dom.js';
import {percent, short} from './numbers.js';

const quoted = (view, index) => `“${view.variant.tokens[index]}”`;

/** Where a link's weight stands among all heads, 1 for the largest. */
export function rankOfPair(view, head) {
  const own = pairWeight(view, view.layer, head);
  return 1 + view.variant.figures.filter((one) => pairWeight(view, one.layer, one.head) > own).length;
}

function aboutHead(view, head) {
  const figures = view.variant.figures[view.layer * view.variant.heads + head];
  const {name, share} = strongestFunction(figures);
  const counted = `Layer ${view.layer}, head ${head} (${view.layer + 1} and ${head + 1} where one counts from 1, as in exBERT)`;
  if (view.from >= 0 && view.to >= 0) {
    const weight = pairWeight(view, view.layer, head);
    return `${counted}: ${quoted(view, view.from)} gives ${quoted(view, view.to)} ${percent(weight)} of its attention. Of all ${view.variant.figures.length} heads this is number ${rankOfPair(view, head)} for this link.`;
  }
  if (share >= 0.3) {
    return `${counted}: a word gives ${percent(share)} of its attention to ${FUNCTIONS[name]}, on average.`;
  }
  return `${counted} has no simple function: a word’s attention is spread as if over ${short(Math.exp(figures.entropy))} tokens, ${short(figures.distance)} tokens away on average.`;
}

function aboutShown(view) {
  const {variant, layer} = view;
  if (view.show === 'rollout') return `Rollout up to layer ${layer}: how much of each input token is in a token after this layer, if each layer mixes tokens by its mean attention and keeps half of each.`;
  if (view.show === 'flow') return 'Flow from the last layer to the input: how much could flow from a token to an input token, if each link lets through as much as its attention. It does not depend on the layer chosen.';
  const {token, position, logit} = variant.gradients[0];
  return `Attention times the gradient of the score of “${token}” at position ${position} (${short(logit)}), layer ${layer}: what the score would lose without a link, to first order. Blue links speak for “${token}”, red ones against it.`;
}

function aboutComparison(view, variants) {
  if (!view.compare) return '';
  const other = view.compare.kind === 'layer' ? `layer ${view.compare.index}` : `“${variants[view.compare.index].name}”`;
  return isComparable(view, variants) ? ` Shown is the difference to ${other}: blue is more here, red is less.`
    : ` ${other} doesn’t hold what is shown, so nothing is compared.`;
}

/** What is seen, in a sentence, and how to go on. */
export function caption(view, variants) {
  const chosen = [...view.heads];
  const main = !hasHeads(view) || view.show === 'gradient' ? aboutShown(view)
    : chosen.length === 1 ? aboutHead(view, chosen[0])
    : chosen.length === 0 ? 'No head is chosen. Choose one above, or click “All”.'
    : `Layer ${view.layer}, ${chosen.length} of ${view.variant.heads} heads together. Double-click a head to see it alone.`;
  return make('div', {class: 'caption'},
    make('p', {}, make('b', {}, main), aboutComparison(view, variants)),
    view.opened ? make('p', {class: 'soft'}, 'This page opens on the head that is easiest to read. Go on: point at a token to see only its links; press ↑ ↓ for other heads and ← → for other layers; sort the table of all heads below to find what else heads do.') : '');
}
