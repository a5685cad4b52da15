/** A number with three significant digits, or a dash where it is missing. */
export function number(value) {
  const known = Number(value);
  if (Number.isNaN(known)) return '–';
  if (known === 0) return '0';
  const size = Math.abs(known);
  if (size >= 1e5 || size < 1e-4) return known.toExponential(1);
  return size >= 100 ? known.toFixed(0) : known.toPrecision(3);
}

/** A round number of an axis, without the digits that rounding adds. */
export const round = (value) => String(Number(value.toPrecision(6)));

/** A share in per cent. */
export function percent(share) {
  const known = 100 * Number(share);
  return (known > 0 && known < 1 ? '<1' : known > 99 && known < 100 ? '>99' : known.toFixed(0)) + ' %';
}

/** Round numbers from low to high, about so many. */
export function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((candidate) => candidate >= rough * 0.999);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(i * step);
  return found;
}
