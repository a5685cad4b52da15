/** Moves through heads by ↑ ↓, toggles one by Space, and clears pins by Esc; layers have ← →. */
export function onKeys({step, toggle, clear}) {
  addEventListener('keydown', (event) => {
    const typed = event.target.matches?.('input, textarea, select');
    if (typed || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = {
      ArrowUp: () => step(-1), ArrowDown: () => step(1),
      ' ': event.target.matches?.('button, summary, a') ? null : toggle, Escape: clear,
    }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
