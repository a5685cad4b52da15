'use strict';

/** The page's data, as the Java side wrote it. */
const data = JSON.parse(document.getElementById('data').textContent);

/** Makes an element: attributes, `on…` handlers, then children (text or elements). */
function make(tag, attributes = {}, ...children) {
  const svg = ['svg', 'g', 'path', 'rect', 'text', 'circle', 'line'].includes(tag);
  const element = svg
    ? document.createElementNS('http://www.w3.org/2000/svg', tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat());
  return element;
}

/** The state that a link to this page carries behind its `#`. */
const state = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

/** A whole number of the state, or what stands for one that is absent or out of 0..highest. */
function wholeNumber(name, otherwise, highest) {
  const number = /^\d+$/.test(state[name] || '') ? Number(state[name]) : otherwise;
  return number <= highest ? number : otherwise;
}

function remember(changes) {
  Object.assign(state, changes);
  history.replaceState(null, '', '#' + new URLSearchParams(state));
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  return theme;
}
let theme = setTheme(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

/** The head of every page. */
function pageHeader(title, subtitle) {
  const toggle = make('button', {
    'aria-label': 'Switch between light and dark',
    onclick: () => { theme = setTheme(theme === 'dark' ? 'light' : 'dark'); },
  }, '◐');
  return make('header', {class: 'top'},
    make('div', {}, make('h1', {}, title), make('p', {class: 'soft'}, subtitle)), toggle);
}

/** A row of buttons of which one is pressed. */
function choice(names, current, onChoose, label) {
  const buttons = names.map((name, i) => make('button', {
    'aria-pressed': String(i === current),
    onclick: () => {
      buttons.forEach((b, j) => b.setAttribute('aria-pressed', String(j === i)));
      onChoose(i);
    },
  }, name));
  return make('div', {class: 'chips', role: 'group', 'aria-label': label}, buttons);
}

const tip = make('div', {class: 'tip', role: 'status'});
document.body.append(tip);

/** Shows a note beside the pointer; without content hides it. */
function showTip(event, ...content) {
  tip.classList.toggle('on', content.length > 0);
  if (!content.length) return;
  tip.replaceChildren(...content);
  tip.style.left = Math.min(event.clientX + 16, innerWidth - 310) + 'px';
  tip.style.top = Math.min(event.clientY + 12, innerHeight - tip.offsetHeight - 8) + 'px';
}

const VIRIDIS = ['#440154', '#482878', '#3e4a89', '#31688e', '#26828e', '#1f9e89', '#35b779',
  '#6dcd59', '#b4de2c', '#fde725'];

/** The viridis colour of a number in 0..1. */
function viridis(value) {
  const place = Math.min(Math.max(value, 0), 1) * (VIRIDIS.length - 1);
  const lower = Math.min(Math.floor(place), VIRIDIS.length - 2);
  const mix = (at) => {
    const from = parseInt(VIRIDIS[lower].slice(at, at + 2), 16);
    const to = parseInt(VIRIDIS[lower + 1].slice(at, at + 2), 16);
    return Math.round(from + (place - lower) * (to - from));
  };
  return `rgb(${mix(1)},${mix(3)},${mix(5)})`;
}
