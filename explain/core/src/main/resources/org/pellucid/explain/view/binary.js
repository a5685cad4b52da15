/** The bytes that the Java side wrote in base64; a plain loop, as there may be millions. */
function bytes(base64) {
  const text = atob(base64);
  const found = new Uint8Array(text.length);
  for (let i = 0; i < found.length; i++) found[i] = text.charCodeAt(i);
  return found.buffer;
}

export const floats = (base64) => new Float32Array(bytes(base64));
export const doubles = (base64) => new Float64Array(bytes(base64));
export const shorts = (base64) => new Uint16Array(bytes(base64));
