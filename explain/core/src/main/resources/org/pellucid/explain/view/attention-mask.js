import {ask, isLive, tellStatus} from './attention-live.js';
import {make} from './dom.js';

const quotedForShell = (text) => "'" + text.replaceAll("'", "'\\''") + "'";

/** The command that makes a page of this text with other options. */
export function command(data, options) {
  return make('code', {}, ['pellucid text attention', `--model ${quotedForShell(data.model)}`, `--text ${quotedForShell(data.text)}`,
    data.pair ? `--pair ${quotedForShell(data.pair)}` : '', options, '--out DIR'].filter((part) => part).join(' '));
}

/**
 * Masks a token that isn't, or the other way round: computed anew by the server, or taken from the
 * forms of the text that the file holds.
 */
export function toggleMask(view, variants, data, index, {onVariant, onData}) {
  const masked = new Set(view.variant.masked);
  if (!masked.delete(index)) masked.add(index);
  const positions = [...masked].sort((a, b) => a - b);
  if (isLive) {
    ask({masked: positions}, onData);
    return;
  }
  const found = variants.find((variant) => String([...variant.masked].sort((a, b) => a - b)) === String(positions));
  if (found) {
    tellStatus();
    onVariant(found);
  } else {
    tellStatus(`This file holds ${variants.length} form${variants.length > 1 ? 's' : ''} of the text, but none with the position${positions.length > 1 ? 's' : ''} ${positions.join(', ') || '(none)'} masked. This command makes one: `,
      command(data, `--mask ${positions.join(',')}`));
  }
}
