// Switches for improvements, sliders for knobs, buttons for plans.
import { element, section } from "../../page/assets/elements.js";
import { clean, grid, improvements, knobFigure, knobNumber, knobs, knobStep, knobUnit, knobValueOf, plans, rules } from "./start.js";
import { knobValue, level, levelName, move, now, setKnob, setLevel, setPlan, setRule, untouched } from "./state.js";

const refreshers = [];
const button = (text, attributes, act) => {
  const node = element("button", { type: "button", ...attributes }, text);
  node.addEventListener("click", act);
  return node;
};
const group = (legend, ...children) => element("fieldset", {}, element("legend", {}, legend), ...children);

// ---- improvements
const improvementRow = (one, i) => {
  const cost = one.cost ? element("span", { class: "cost", id: `cost-${i}` }, one.cost) : null;
  if (!one.levels) {
    const box = element("input", { type: "checkbox", role: "switch", id: `improvement-${i}`, "aria-describedby": one.cost ? `cost-${i}` : undefined });
    box.addEventListener("change", () => move(setLevel(now(), one, box.checked ? 1 : 0)));
    refreshers.push((state) => { box.checked = level(state, one) > 0; });
    return element("div", { class: "switch" }, box, element("label", { for: `improvement-${i}` }, one.name), cost);
  }
  const choices = [0, ...one.levels].map((value, k) => {
    const radio = element("input", { type: "radio", name: `improvement-${i}`, id: `improvement-${i}-${k}`, value });
    radio.addEventListener("change", () => move(setLevel(now(), one, value)));
    refreshers.push((state) => { radio.checked = level(state, one) === value; });
    return element("span", {}, radio, element("label", { for: `improvement-${i}-${k}` }, value === 0 ? "off" : value === 1 ? "whole" : levelName(value).replace("at ", "")));
  });
  return element("div", { class: "levels", role: "radiogroup", "aria-labelledby": `name-${i}`, "aria-describedby": one.cost ? `cost-${i}` : undefined },
    element("span", { class: "name", id: `name-${i}` }, one.name), element("span", { class: "segments" }, ...choices), cost);
};

const ruleRow = (rule, i) => {
  const box = element("input", { type: "checkbox", role: "switch", id: `rule-${i}` });
  box.addEventListener("change", () => move(setRule(now(), rule, box.checked)));
  refreshers.push((state) => { box.checked = state.rules.includes(rule.id); });
  return element("div", { class: "switch" }, box, element("label", { for: `rule-${i}` }, rule.name));
};

// ---- knobs
const knobRow = (knob, i) => {
  const id = `knob-${i}`, unit = knobUnit(knob), values = grid ? knob.values : null;
  const places = values ? values.length - 1 : 1;
  const share = (value) => (values ? values.indexOf(value) / places : (value - knob.from) / (knob.to - knob.from));
  const range = element("input", values
    ? { type: "range", id: `${id}-range`, min: 0, max: places, step: 1 }
    : { type: "range", id: `${id}-range`, min: knob.from, max: knob.to, step: knobStep(knob) });
  const why = knob.why ? element("p", { class: "why", id: `${id}-why` }, knob.why) : null;
  if (why) range.setAttribute("aria-describedby", why.id);
  const number = values
    ? element("output", { for: `${id}-range`, class: "number" })
    : element("input", { type: "number", id: `${id}-number`, class: "number", min: knobNumber(knob, knob.from), max: knobNumber(knob, knob.to), step: "any",
      inputmode: "decimal", "aria-label": `${knob.name}${unit ? ", " + unit : ""}` });
  const reset = button("↺", { class: "reset", "aria-label": `${knob.name}: back to ${knobFigure(knob, knob.value)}`, title: `Back to ${knobFigure(knob, knob.value)}` }, () => {
    move(setKnob(now(), knob, knob.value));
    range.focus();
  });
  const mark = element("span", { class: "mark", "aria-hidden": "true", title: `In the file: ${knobFigure(knob, knob.value)}` });
  const rail = element("div", { class: "rail" }, range, share(knob.value) >= 0 ? mark : null);
  mark.style.setProperty("--at", Math.min(1, Math.max(0, share(knob.value))));
  range.addEventListener("input", () => move(setKnob(now(), knob, values ? values[range.value] : Number(range.value)), id));
  if (!values) {
    number.addEventListener("change", () => {
      const value = Number(number.value);
      const valid = number.value.trim() !== "" && Number.isFinite(value);
      if (valid) move(setKnob(now(), knob, knobValueOf(knob, value)), `${id}-number`);
      refreshKnob(now());  // a number beyond the ends becomes the end; what is none, what it was
    });
  }
  const refreshKnob = (state) => {
    const value = knobValue(state, knob), text = knobFigure(knob, value);
    range.value = values ? values.indexOf(value) : value;
    range.setAttribute("aria-valuetext", text);
    range.style.setProperty("--filled", share(value));
    if (values) number.textContent = text;
    else if (document.activeElement !== number || Number(number.value) !== knobNumber(knob, value)) number.value = knobNumber(knob, value);
    const moved = knob.key in state.knobs;
    reset.hidden = !moved;
    row.classList.toggle("moved", moved);
  };
  const row = element("div", { class: "knob" }, element("label", { for: `${id}-range` }, knob.name),
    element("span", { class: "value" }, reset, number, unit && !values ? element("span", { class: "unit" }, unit) : null), rail, why);
  refreshers.push(refreshKnob);
  return row;
};

// ---- plans
const samePlan = (state, plan) => {
  const ids = Object.keys(plan.improvements).filter((id) => plan.improvements[id] > 0);
  const goes = plan.rules ?? [];
  return goes.length === state.rules.length && goes.every((id) => state.rules.includes(id)) && ids.length === Object.keys(state.improvements).length && ids.every((id) => clean(state.improvements[id] ?? 0) === clean(plan.improvements[id]));
};
const planButtons = () => {
  const list = plans.map((plan) => {
    const act = () => move(samePlan(now(), plan) ? { ...now(), improvements: {}, rules: [] } : setPlan(now(), plan));
    const node = button(plan.name, { class: "plan", "aria-pressed": "false" }, act);
    refreshers.push((state) => node.setAttribute("aria-pressed", String(samePlan(state, plan))));
    return node;
  });
  return list.length ? [group("Try a plan of the file", element("div", { class: "buttons" }, ...list))] : [];
};
const gridPlans = () => {
  if (grid.plans.length < 2) return [];
  const list = grid.plans.map((plan, k) => {
    const radio = element("input", { type: "radio", name: "plan", id: `plan-${k}`, value: k });
    radio.addEventListener("change", () => move(setPlan(now(), k)));
    refreshers.push((state) => { radio.checked = state.plan === k; });
    return element("div", { class: "switch" }, radio, element("label", { for: `plan-${k}` }, plan.name));
  });
  return [group("The plan", ...list)];
};

export const showControls = () => {
  const rows = knobs.map((knob, i) => [knob, knobRow(knob, i)]);
  const own = rows.filter(([knob]) => !knob.both).map(([, row]) => row), both = rows.filter(([knob]) => knob.both).map(([, row]) => row);
  const form = section("changes");
  form.append(...[
    ...(grid ? gridPlans() : planButtons()),
    improvements.length && !grid ? group("Improvements", ...improvements.map(improvementRow)) : null,
    rules.length && !grid ? group("Rules", ...rules.map(ruleRow)) : null,
    own.length ? group(grid ? "Values" : "Knobs", ...own) : null,
    both.length ? group("The question itself", element("p", { class: "why" }, "These change “before” too."), ...both) : null].filter(Boolean));
  form.addEventListener("submit", (event) => event.preventDefault());
  section("reset-all").addEventListener("click", () => move(untouched()));
};
export const refreshControls = (state) => { for (const refresh of refreshers) refresh(state); };
