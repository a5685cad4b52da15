/** Many numbers that the Java side packed into levels of 8 or 16 bits; see `Packed` there. */

async function inflated(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  const inflating = new DecompressionStream('deflate');
  const writer = inflating.writable.getWriter();
  const written = Promise.all([writer.write(bytes), writer.close()]);
  const result = new Uint8Array(await new Response(inflating.readable).arrayBuffer());
  await written;
  return result;
}

/** The levels as one number each; of 16 bits all high bytes come first. */
function joined(bytes, bits, signed, count) {
  if (bits === 8) return signed ? new Int8Array(bytes.buffer) : bytes;
  const levels = signed ? new Int16Array(count) : new Uint16Array(count);
  for (let i = 0; i < count; i++) levels[i] = (bytes[i] << 8) | bytes[count + i];
  return levels;
}

/** What each level stands for; levels of 8 bits are squares. */
function meanings(bits, signed, largest) {
  const highest = 2 ** (signed ? bits - 1 : bits) - 1;
  return Float32Array.from({length: 2 ** bits}, (_, i) => {
    const share = (signed ? i - 2 ** (bits - 1) : i) / highest;
    return largest * (bits === 8 ? share * Math.abs(share) : share);
  });
}

/**
 * The numbers behind a packed array: `at(i)` gives one, `copy(from, target)` as many as fit, and
 * `error(value)` how far a number of this size may be off.
 */
export async function unpacked({bits, signed, largest, count, bytes}) {
  const levels = joined(await inflated(bytes), bits, signed, count);
  const meaning = meanings(bits, signed, largest);
  const offset = signed ? 2 ** (bits - 1) : 0;
  const half = 0.5 / (2 ** (signed ? bits - 1 : bits) - 1);
  return {
    bits, largest, count,
    at: (i) => meaning[levels[i] + offset],
    copy(from, target) {
      for (let i = 0; i < target.length; i++) target[i] = meaning[levels[from + i] + offset];
    },
    error: (value) => largest * (bits === 16 ? half : (2 * Math.sqrt(value / largest) + half) * half),
  };
}
