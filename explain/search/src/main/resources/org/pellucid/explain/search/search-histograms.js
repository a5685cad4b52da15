import {make} from './dom.js';
import {counted, meaning, tagColour, tagName} from './search-tags.js';
import {hideTip, showTip} from './tip.js';

const [WIDTH, ROW, LABEL] = [330, 24, 84];

/** Bars with their counts; `onChoose` receives the name of a bar that is clicked. */
function bars(title, rows, {chosen, onChoose} = {}) {
  const most = Math.max(1, ...rows.map(({count}) => count));
  const drawn = rows.flatMap(({name, count, colour, note}, i) => {
    const width = count / most * (WIDTH - LABEL - 40);
    const events = {
      onmousemove: (event) => showTip(event, `${name}${note ? ` (${note})` : ''}: ${count}`), onmouseleave: hideTip,
      ...(onChoose && {
        onclick: () => onChoose(name), tabindex: 0, role: 'button', 'aria-pressed': String(chosen === name), 'aria-label': `${name}: ${count}`,
        onkeydown: (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); onChoose(name); } },
      }),
    };
    return make('g', {class: onChoose ? 'bar-row choosable' : 'bar-row', ...events},
      make('rect', {class: 'ground', x: 0, y: i * ROW, width: WIDTH, height: ROW}),
      make('text', {x: LABEL - 8, y: i * ROW + 16, 'text-anchor': 'end', class: 'label'}, name),
      make('rect', {x: LABEL, y: i * ROW + 4, width, height: ROW - 8, rx: 3, fill: colour, opacity: !chosen || chosen === name ? 1 : 0.35}),
      make('text', {x: LABEL + width + 6, y: i * ROW + 16, class: 'label'}, String(count)));
  });
  return make('figure', {class: 'histogram'}, make('figcaption', {}, title),
    make('svg', {viewBox: `0 0 ${WIDTH} ${Math.max(1, rows.length) * ROW}`, width: '100%', role: 'group', 'aria-label': title}, drawn));
}

const tagRows = (tags) => counted(tags).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
  .map(([tag, count]) => ({name: tagName(tag), count, colour: tagColour(tag), note: meaning(tag)}));

/** Distances up to here have a bar of their own. */
const NEAR = 6;

/** The distance of the most attended word with its sign; far ones share a bar for each side. */
function offsetRows(hits) {
  const clamped = hits.map((hit) => Math.max(-NEAR, Math.min(NEAR, hit.strongest - hit.match)));
  return counted(clamped).sort((a, b) => a[0] - b[0]).map(([offset, count]) => {
    const sign = offset > 0 ? '+' : offset < 0 ? '−' : '';
    return {
      name: sign + Math.abs(offset) + (Math.abs(offset) === NEAR ? ' or more' : ''), count, colour: 'var(--accent)',
      note: offset === 0 ? 'the match itself' : offset < 0 ? 'before' : 'after',
    };
  });
}

/** Parts of speech of the matches and of what they attend to most, and how far away that stands. */
export function histograms(result, shown, view, update) {
  return make('div', {class: 'histograms'},
    bars('Matched word (click to filter)', tagRows(result.hits.map((hit) => hit.words[hit.match].tag)),
      {chosen: view.tag, onChoose: (name) => update({tag: view.tag === name ? '' : name})}),
    bars('Most attended word', tagRows(shown.map((hit) => hit.words[hit.strongest].tag))),
    bars('Its place from the match, in words', offsetRows(shown)));
}
