const MINUS = /-/g;

/** A number with three significant digits, as the library's legends write it. */
export function short(value) {
  if (value === null || value === undefined || value === '') return '–';
  const number = Number(value);
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
