/** Three significant digits, thousands apart: `1,230,000`, `45.6`, `0.0789`. */
export function figure(value) {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: Math.min(digits, 3) });
}

/** A ratio: `7.5×`, `0.42×`. */
export const times = (value) => `${value >= 10 ? value.toFixed(1) : value.toFixed(2)}×`;
