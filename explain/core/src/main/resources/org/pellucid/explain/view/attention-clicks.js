const SOON = 400;

let last = {on: '', at: 0};

/**
 * Tells a second click from a first. The browser's own `dblclick` isn't sure to come, since the
 * first click may have drawn anew what was clicked. `once` runs at a first click, and so before
 * `twice`, which has to undo it.
 */
export function clicked(on, once, twice) {
  const at = performance.now();
  const isSecond = last.on === on && at - last.at < SOON;
  last = isSecond ? {on: '', at: 0} : {on, at};
  if (isSecond) twice(); else once();
}
