import {make} from './dom.js';
import {found} from './embedding-data.js';

/** A token as people read it, and whether it goes on from the one before without a space. */
const written = (token) => (token.startsWith('##') ? token.slice(2) : token);
const joins = (token) => token.startsWith('##') || /^[\p{P}\p{Script=Han}]$/u.test(token);

/** Question and context as buttons, one for each token. */
export function tokenText({onToken, onHover}) {
  const element = make('div', {class: 'token-text'});
  let key = '';
  let buttons = new Map();

  function build({tab}) {
    const lines = {QUESTION: [], CONTEXT: []};
    buttons = new Map();
    tab.tokens.forEach((token, i) => {
      const role = tab.roles[i];
      if (role === 'SPECIAL') return;
      const button = make('button', {
        class: `token ${role}`, 'data-token': i, onclick: () => onToken(i), onfocus: () => onHover(i),
        onpointerenter: () => onHover(i), onpointerleave: () => onHover(undefined),
        title: `token ${i}`,
      }, written(token));
      buttons.set(i, button);
      lines[role === 'QUESTION' ? 'QUESTION' : 'CONTEXT'].push(joins(token) ? '' : ' ', button);
    });
    element.replaceChildren(
      make('p', {}, make('span', {class: 'soft'}, 'Question '), ...lines.QUESTION),
      make('p', {}, make('span', {class: 'soft'}, 'Context '), ...lines.CONTEXT));
  }

  function draw(view) {
    const next = [view.tab.name, view.tab.question, view.tab.context].join('|');
    if (next !== key) build(view);
    key = next;
    const matches = new Set(found(view));
    buttons.forEach((button, i) => {
      button.setAttribute('aria-pressed', String(i === view.token));
      button.classList.toggle('match', matches.has(i));
    });
  }
  return {element, draw};
}
