import {parsed} from './data.js';

const element = document.getElementById('live');
let running = new AbortController();

/**
 * The server behind this page: its `endpoint`, the `models` to choose from, and the `request` that
 * the page's data answers. Null on a page that is a file.
 */
export const live = element && parsed(element);

/**
 * The page's data for another request; a request that is still running is given up.
 * Throws an error with the server's sentence if it refuses.
 */
export async function recompute(request) {
  running.abort();
  running = new AbortController();
  const answer = await fetch(live.endpoint, {
    method: 'POST', headers: {'Content-Type': 'application/json'},
    body: JSON.stringify(request), signal: running.signal,
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error ?? `The server answered ${answer.status}.`);
  live.request = request;
  return body;
}
