// What the page begins with: the scenario's knobs, improvements, plans and metrics; and figures in their words.
import { minus, month, percent, short } from "../../page/assets/figures.js";

export const start = JSON.parse(document.getElementById("start").textContent);
export const { metrics, currency, horizon } = start;
export const knobs = start.knobs ?? [], improvements = start.improvements ?? [], rules = start.rules ?? [], plans = start.plans ?? [];
/** A grid of answers that were computed beforehand: nobody is asked. */
export const grid = start.grid ?? null;
/** What an answer is compared with. */
export const beforeName = grid ? grid.plans[0].name : "before";
export const compared = !grid || grid.plans.length > 1;
export const headline = metrics.map((metric, i) => [metric, i]).filter(([metric]) => metric.headline);
export const clean = (value) => Number(value.toPrecision(12));

const decimals = (value, digits) => value.toFixed(digits).replace(/^-(?=[0.]*$)/, "");
const scales = { bn: 1e9, M: 1e6, k: 1e3 };
/** A figure's text with `more` decimals. */
const finer = (text, value, more) => {
  if (!more) return text;
  const [, digits, suffix] = /^[-\u2212]?[\d,]+(?:\.(\d+))?(?: (bn|M|k))?/.exec(text) ?? [];
  return decimals(value / (scales[suffix] ?? 1), (digits?.length ?? 0) + more).replace(/\d+/, (whole) => Number(whole).toLocaleString("en")) + (suffix ? ` ${suffix}` : "");
};
/** How many decimals more tell two values apart, as `write(value, more)` has them. */
export const apart = (low, high, write) => {
  let more = 0;
  while (low !== high && more < 4 && write(low, more) === write(high, more)) ++more;
  return more === 4 ? 0 : more;
};
const size = (value) => (Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : decimals(value, Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2));
const plainFigure = (metric, value, more) => {
  if (metric.kind === "money") return `${finer(short(value), value, more)} ${currency}`;
  if (metric.kind === "points" || metric.kind === "days") return decimals(value, 1 + more);
  if (metric.kind === "score") return decimals(value, (Math.abs(value) < 2 ? 3 : 1) + more);
  return finer(size(value), value, more);
};
const unitWords = { 1: "", day: "days", d: "days", "day-1": "a day" };
const unitName = (unit) => unitWords[unit] ?? unit ?? "";
const after = (metric) => (metric.kind === "days" ? " days" : metric.kind === "number" && unitName(metric.unit) ? ` ${unitName(metric.unit)}` : "");
/** A value of a metric, with its unit; with `more` decimals than usual. */
export const figure = (metric, value, more = 0) => (value === null || value === undefined ? "-" : metric.kind === "share" ? percent(value, 1 + more) : minus(plainFigure(metric, value, more)) + after(metric));
/** A change of a metric, with its sign; shares change by points. */
export const changeFigure = (metric, value, bare = false, more = 0) => {
  if (value === null) return "-";
  const rounded = metric.kind === "share" ? decimals(100 * value, 1 + more) : metric.kind === "money" ? finer(short(value), value, more).replace("\u2212", "-") : plainFigure(metric, value, more);
  // What is not nothing is not said to be nothing.
  const text = value === 0 || /[1-9]/.test(rounded) ? rounded : String(Number((metric.kind === "share" ? 100 * value : value).toPrecision(1 + more)));
  const unit = bare ? "" : metric.kind === "share" ? " points" : metric.kind === "money" ? ` ${currency}` : after(metric);
  return minus((value > 0 && /[1-9]/.test(text) ? "+" : "") + text) + unit;
};
export const axisFigure = (metric, value) => (metric.kind === "share" ? minus(String(clean(100 * value))) : metric.kind === "money" ? short(value) : minus(String(clean(value))));

/** What a change amounts to: "none", "unshown" where chance could have made it (`told`: whether the answer tells it from chance), "unknown" before there is an interval, or its direction. */
export const shown = (change, told) => {
  if (!change || change[0] === null) return "none";
  if (change[0] === 0 && !(change[1] < 0) && !(change[2] > 0)) return "none";
  if (change[1] === null || change[2] === null) return "unknown";
  return told === false || (change[1] <= 0 && change[2] >= 0) ? "unshown" : change[0] > 0 ? "up" : "down";
};
/** +1 better, -1 worse, 0 neither or not shown. */
const goodness = (metric, change, told) => ({ up: metric.better, down: -metric.better })[shown(change, told)] ?? 0;
/** The class of an element that shows a change. */
export const lookOf = (metric, change, told) => {
  const good = goodness(metric, change, told), state = shown(change, told);
  return good > 0 ? "better" : good < 0 ? "worse" : change && (state === "unshown" || state === "none") ? "unshown" : "";
};

/** A value of a knob as a person reads it: times in minutes, hours, days or months, whichever fits the slider. Months are whole. */
const times = [[3 / 24, 24 * 60, "minutes"], [3, 24, "hours"], [150, 1, "days"], [Infinity, 1 / month, "months"]], inDays = times[2];
const wholeMonths = (value) => Math.abs(value / month - Math.round(value / month)) < 1e-6;
const timeOf = (knob) => {
  if (knob.unit !== "day" || knob.before || knob.after) return null;
  const fits = times.find(([most]) => knob.to <= most);
  return fits[2] === "months" && ![knob.from, knob.to, ...(knob.values ?? [])].every(wholeMonths) ? inDays : fits;
};
const shownAs = (knob) => (knob.percent ? 100 : timeOf(knob)?.[1] ?? 1);
export const knobNumber = (knob, value) => Number((shownAs(knob) * value).toPrecision(timeOf(knob) ? 6 : 12));
export const knobValueOf = (knob, number) => clean(number / shownAs(knob));
export const knobStep = (knob) => (timeOf(knob)?.[2] === "months" ? Math.max(1, Math.round(knob.step / month)) * month : knob.step);
/** What stands around the number of an effect: of "-40%" the number is 40 and the unit "% less". */
const effectUnit = ({ before = "", after = "" }) => [after.trim(), { "+": "more", "-": "less" }[before.trim()] ?? ""].filter(Boolean).join(" ");
/** Of a share that an effect adds, 0.12 is 12 points more, not 12 %. */
export const knobUnit = (knob) => (knob.percent ? (effectUnit(knob) ? `points ${effectUnit(knob)}` : "%") : timeOf(knob) ? timeOf(knob)[2] : effectUnit(knob) || unitName(knob.unit));
export const knobFigure = (knob, value) => knob.labels?.[knob.values.indexOf(value)] ?? minus(knobNumber(knob, value).toLocaleString("en", { maximumFractionDigits: 6 })) + (knobUnit(knob) ? ` ${knobUnit(knob)}` : "");
/** The day as a date, where the scenario has one. */
export const dayName = (day) => {
  if (!start.start) return `Day ${Math.round(day)}`;
  const date = new Date(Date.parse(`${start.start}T00:00:00Z`) + 86400000 * day);
  return `Day ${Math.round(day)}, ${date.getUTCDate()} ${["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"][date.getUTCMonth()]} ${date.getUTCFullYear()}`;
};
