// What is changed: the knobs that were moved and the improvements that are on. It stands in the link, and is what the server is asked.
import { clean, grid, improvements, knobFigure, knobs, rules } from "./start.js";

/** `knobs`: value by key, of the moved ones alone; `improvements`: level by id, of those that are on; `rules`: ids
 *  of those that are on; `plan`: of a grid, its number. */
export const untouched = () => ({ knobs: {}, improvements: {}, rules: [], plan: grid && grid.plans.length > 1 ? 1 : 0 });
const most = 2000;

const name = (text) => encodeURIComponent(text).replace(/%2F/g, "/").replace(/%3A/g, ":");
const parts = (state, keyOf, idOf) => [
  ...knobs.flatMap((knob, i) => (knob.key in state.knobs ? [`${keyOf(knob, i)}=${state.knobs[knob.key]}`] : [])),
  ...improvements.flatMap((one, i) => (state.improvements[one.id] ? [`${idOf(one, i)}=${state.improvements[one.id]}`] : [])),
  ...rules.filter(({ id }) => state.rules.includes(id)).map(({ id }) => `rule.${name(id)}=1`),
  ...(grid && state.plan !== untouched().plan ? [`plan=${name(grid.plans[state.plan].id)}`] : [])];
/** The state in a link: with names, or where that is too long by positions. */
export const encode = (state, room = most) => {
  const named = parts(state, (knob) => name(knob.key), (one) => `improvement.${name(one.id)}`).join("&");
  return named.length <= room ? named : parts(state, (_, i) => `k${i}`, (_, i) => `i${i}`).join("&");
};

const withKnob = (state, knob, value, notes) => {
  let to = Math.min(knob.to, Math.max(knob.from, value));
  if (knob.whole) to = Math.round(to);
  if (grid) to = knob.values.reduce((best, one) => (Math.abs(one - to) < Math.abs(best - to) ? one : best));
  if (to !== value) notes.push(`${knob.name} goes from ${knobFigure(knob, knob.from)} to ${knobFigure(knob, knob.to)}${grid ? ", in steps" : ""}: ${knobFigure(knob, value)} became ${knobFigure(knob, to)}.`);
  if (to === knob.value) delete state.knobs[knob.key];
  else state.knobs[knob.key] = to;
};
const withLevel = (state, one, value, notes) => {
  const levels = one.levels ?? [1];
  const to = value <= 0 ? 0 : levels.reduce((best, level) => (Math.abs(level - value) < Math.abs(best - value) ? level : best));
  if (to !== value) notes.push(`${one.name} has no level ${value}: it became ${to}.`);
  if (to > 0) state.improvements[one.id] = to;
  else delete state.improvements[one.id];
};
const withRule = (state, { id }, on) => ({ ...state, rules: [...state.rules.filter((one) => one !== id), ...(on ? [id] : [])] });
/** The state that a link names, and notes on what it names in vain. */
export const decode = (text) => {
  const state = untouched(), notes = [];
  for (const part of text.split("&").filter(Boolean)) {
    const at = part.indexOf("=");
    let key = at < 0 ? part : part.slice(0, at), word = at < 0 ? "" : part.slice(at + 1);
    try {
      key = decodeURIComponent(key);
      word = decodeURIComponent(word);
    } catch { /* as it stands */ }
    const value = word.trim() === "" ? NaN : Number(word);
    const short = /^([ki])(\d{1,4})$/.exec(key);
    const knob = short?.[1] === "k" ? knobs[short[2]] : knobs.find((one) => one.key === key);
    const improvement = short?.[1] === "i" ? improvements[short[2]] : improvements.find((one) => `improvement.${one.id}` === key);
    const rule = rules.find((one) => `rule.${one.id}` === key);
    const plan = grid && key === "plan" ? grid.plans.findIndex((one) => one.id === word) : -1;
    if (plan >= 0) state.plan = plan;
    else if (!knob && !improvement && !rule) notes.push(`The link names “${key.slice(0, 60)}”, which this page does not have: it was left out.`);
    else if (!Number.isFinite(value)) notes.push(`The link gives ${(knob ?? improvement ?? rule).name} no number: it was left out.`);
    else if (knob) withKnob(state, knob, value, notes);
    else if (rule) state.rules = withRule(state, rule, value > 0).rules;
    else withLevel(state, improvement, value, notes);
  }
  return { state, notes };
};

export const setKnob = (state, knob, value) => {
  const next = { ...state, knobs: { ...state.knobs } };
  withKnob(next, knob, clean(value), []);
  return next;
};
export const setLevel = (state, one, level) => {
  const next = { ...state, improvements: { ...state.improvements } };
  withLevel(next, one, level, []);
  return next;
};
export const setRule = withRule;
export const setPlan = (state, plan) => (grid ? { ...state, plan } : { ...state, improvements: { ...plan.improvements }, rules: [...(plan.rules ?? [])] });
/** Whether anything is changed beside settings of the question. */
export const tries = (state) => Boolean(grid) || Object.keys(state.improvements).length > 0 || state.rules.length > 0 || knobs.some((knob) => !knob.both && knob.key in state.knobs);
export const knobValue = (state, knob) => state.knobs[knob.key] ?? knob.value;
export const level = (state, one) => state.improvements[one.id] ?? 0;
export const levelName = (value) => (value === 1 ? "on" : `at ${clean(100 * value)} %`);

/** The state in words, shortly. */
export const describe = (state) => {
  const words = [
    ...(grid && grid.plans.length > 1 ? [grid.plans[state.plan].name] : []),
    ...improvements.filter((one) => level(state, one)).map((one) => (level(state, one) === 1 ? one.name : `${one.name} ${levelName(level(state, one))}`)),
    ...rules.filter(({ id }) => state.rules.includes(id)).map((rule) => rule.name),
    // The file's own values may not be among those of a grid.
    ...knobs.filter((knob) => knob.key in state.knobs || (grid && (grid.own ?? null) === null)).map((knob) => `${knob.name} ${knobFigure(knob, knobValue(state, knob))}`)];
  return words.length ? words.join("; ") : "As in the file";
};

// ---- steps back and forth
const past = [], future = [];
let current = untouched(), last = { by: null, at: 0 };
const listeners = [];
export const now = () => current;
export const onMove = (listener) => listeners.push(listener);
export const canUndo = () => past.length > 0;
export const canRedo = () => future.length > 0;
const tell = (why, drawn = false) => { for (const listener of listeners) listener(current, why, drawn); };
/** Goes to a state. Steps of one control that follow each other within a second (`by`) are undone as one. */
export const move = (state, by = null) => {
  if (encode(state, Infinity) === encode(current, Infinity)) return;
  const together = by !== null && by === last.by && performance.now() - last.at < 1000;
  if (!together) past.push(current);
  if (past.length > 500) past.shift();
  last = { by, at: performance.now() };
  future.length = 0;
  current = state;
  tell("move", by !== null);
};
const step = (from, to, why) => {
  if (!from.length) return;
  to.push(current);
  current = from.pop();
  last = { by: null, at: 0 };
  tell(why);
};
export const undo = () => step(past, future, "undo");
export const redo = () => step(future, past, "redo");
/** Where the page begins. */
export const begin = (state) => {
  current = state;
  tell("begin");
};
