/** The state that a link to this page carries after its `#`. */
const state = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

/** What the state holds under a name, or undefined. */
export const stored = (name) => state[name];

/** A whole number of the state; `otherwise` if it is absent or not in 0..highest. */
export function wholeNumber(name, otherwise, highest) {
  const number = /^\d+$/.test(state[name] ?? '') ? Number(state[name]) : otherwise;
  return number <= highest ? number : otherwise;
}

/** One of the allowed words of the state; `otherwise` if it is absent or another. */
export function oneOf(name, allowed, otherwise) {
  return allowed.includes(state[name]) ? state[name] : otherwise;
}

/** Changes the state, and the address with it. */
export function remember(changes) {
  Object.assign(state, changes);
  history.replaceState(null, '', '#' + new URLSearchParams(state));
}
