import {make} from './dom.js';

const tip = make('div', {class: 'tip', role: 'status'});
document.body.append(tip);

/** Shows a note beside the pointer. */
export function showTip(event, ...content) {
  tip.replaceChildren(...content);
  tip.classList.add('on');
  tip.style.left = Math.max(8, Math.min(event.clientX + 16, innerWidth - tip.offsetWidth - 8)) + 'px';
  tip.style.top = Math.max(8, Math.min(event.clientY + 12, innerHeight - tip.offsetHeight - 8)) + 'px';
}

/** Hides the note. */
export function hideTip() {
  tip.classList.remove('on');
}
