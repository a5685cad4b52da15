/** The largest magnitude; 1 where all numbers are zero, so that nothing is divided by it. */
export function largest(numbers) {
  const found = numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
  return found || 1;
}

/** The colour of a number: red for, blue against, the ground's own for zero. */
export function tint(number, scale) {
  const share = Math.min(1, Math.abs(number) / scale);
  return `color-mix(in srgb, var(${number < 0 ? '--against' : '--for'}) ${(72 * share).toFixed(1)}%, transparent)`;
}

/** A number with its sign and three digits. */
export function signed(number) {
  if (!number) return '0';
  const size = Math.abs(number);
  const digits = size >= 1e4 || size < 1e-3 ? size.toExponential(1) : size.toPrecision(3);
  return (number < 0 ? '−' : '+') + digits;
}
