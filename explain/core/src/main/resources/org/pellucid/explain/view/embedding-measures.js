import {make} from './dom.js';
import {chartLegend, layerChart} from './layer-chart.js';

/** The four steps to an answer, each with the measure that is evidence of it. */
const STEPS = {
  'same-words': ['Similar words by their meaning', 'How much more similar equal words at different places are than any two tokens, in standard deviations.'],
  'near-words': ['Similar words by their relation in the context', 'How much more similar different words at most three places apart are than words farther apart, in standard deviations.'],
  'question-match': ['The question matched with the context', 'How much more similar the question’s words are to words of the context beside a word that both have than to its other words, in standard deviations.'],
  'answer-apart': ['The answer set apart', 'Mean distance from the answer to the other tokens, divided by the mean distance among these.'],
};
const SILHOUETTES = {
  'silhouette-question': ['question', 'question'], 'silhouette-context': ['context', 'context'], 'silhouette-answer': ['answer', 'answer'],
};

const span = ({from, to}) => (from === to ? '' : ` (high in layers ${from}–${to})`);

function step(measure, view, onLayer) {
  const [title, text] = STEPS[measure.name];
  return make('div', {class: 'step'},
    make('h3', {}, title),
    make('p', {class: 'peak-text'}, make('b', {}, `Strongest at layer ${measure.strongest}`), span(measure)),
    layerChart({lines: [{name: title, class: 'first', values: measure.values}], layer: view.layer, band: [measure.from, measure.to],
      strongest: measure.strongest, onLayer, label: title}),
    make('p', {class: 'soft'}, `${text} Here ${measure.values[view.layer].toFixed(2).replace('-', '−')}.`));
}

/** The curves of all measures. */
export function measureCards(view, onLayer) {
  const {measures} = view.tab;
  const lines = measures.filter(({name}) => SILHOUETTES[name])
    .map(({name, values}) => ({name: SILHOUETTES[name][0], class: SILHOUETTES[name][1], values}));
  return [
    measures.filter(({name}) => STEPS[name]).map((measure) => step(measure, view, onLayer)),
    lines.length ? make('div', {class: 'step'},
      make('h3', {}, 'Question, context and answer as groups'),
      chartLegend(lines, view.layer),
      layerChart({lines, layer: view.layer, onLayer, label: 'Silhouettes'}),
      make('p', {class: 'soft'}, 'Silhouettes: how much nearer a token is to its own group than to the nearest other one, from −1 to 1; 0 for a group of one.')) : []].flat();
}
