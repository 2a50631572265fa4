// Figures as text.

export const minus = (text) => text.replace(/(^|[\s(])-(?=[\d.A-Z])/g, "$1\u2212");
/** Figures are not torn from their units at the end of a line. */
export const joined = (text) => text.replace(/(\d) (%|M|bn|k|pt)(?![a-zA-Z])/g, "$1\u00a0$2").replace(/± /g, "±\u00a0");
/** With so many decimals; what is rounded to 0 has no sign. */
const fixed = (value, digits) => value.toFixed(digits).replace(/^-(?=[0.]*$)/, "");
export const plain = (value, digits = 2) => (value === null ? "-" : minus(fixed(value, digits)));
export const percent = (value, digits = 1) => (value === null ? "-" : minus(fixed(100 * value, digits)) + " %");
const sized = (value, scales) => {
  const [least, suffix, scale] = scales.find(([from]) => Math.abs(value) >= 0.9995 * from) ?? [1, ""];
  return [value / (scale ?? least), suffix];
};
/** An amount of money as the tables have it. */
export const short = (value) => {
  if (value === null) return "-";
  const [number, suffix] = sized(value, [[1e9, " bn"], [1e6, " M"], [1e4, " k", 1e3]]);
  const size = Math.abs(number);
  return minus(size >= 99.95 ? Math.round(number).toLocaleString("en") : fixed(number, size >= 9.995 ? 1 : size === 0 ? 0 : 2)) + suffix;
};
const tick = (value) => {
  const [number, suffix] = sized(value, [[1e9, " bn"], [1e6, " M"], [1e3, " k"]]);
  return minus((+number.toFixed(2)).toString()) + suffix;
};
export const axisText = { share: (v) => minus((+(100 * v).toFixed(2)).toString()), money: tick };
export const month = 30.4375;
