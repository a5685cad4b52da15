const MINUS = /-/g;

/** A number with three significant digits, as the library's legends write it; a dash where there is none. */
export function short(value) {
  if (value === null || value === undefined || value === '') return '–';
  const number = Number(value);
  if (Number.isNaN(number)) return '–';
  if (number === 0) return '0';
  const magnitude = Math.abs(number);
  if (!Number.isFinite(number)) return String(number).replace(MINUS, '−');
  if (magnitude < 1e-3 || magnitude >= 1e5) {
    return number.toExponential(2).replace(/e([+-])(\d)$/, 'e$10$2').replace(MINUS, '−');
  }
  return number.toFixed(Math.min(5, Math.max(0, 2 - Math.floor(Math.log10(magnitude))))).replace(MINUS, '−');
}

/** A share as a percentage; what is almost all or nothing doesn't become it. */
export function percent(share) {
  const text = (100 * share).toFixed(share > 0.0995 && share < 0.995 ? 0 : 1);
  return (text === '100.0' && share < 1 ? '> 99.9' : text === '0.0' && share > 0 ? '< 0.1' : text.replace(/\.0$/, '')) + '\u00a0%';
}

/** A whole number with its thousands apart. */
export const count = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ',');

/** A round number of an axis, without the digits that rounding adds. */
export const round = (value) => String(Number(value.toPrecision(6))).replace(MINUS, '−');

/** Round numbers from low to high, about so many. */
export function ticks(low, high, about) {
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((candidate) => candidate >= rough * 0.999);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(i * step);
  return found;
}
