// The figures of the plans: those of the chosen one, and all side by side.
import { Chart, inWords, mark, takeaway, whisker } from "./chart.js";
import { chosen, compared, data, differenceOf, highestShown, hue, metrics, plans, position, valueOf, whom } from "./data.js";
import { element, grid, section, table } from "./elements.js";
import { joined, minus } from "./words.js";

// ---- the chosen plan's outcomes, a row each
export const chance = "may be chance";
export const outcomes = () => {
  const shown = data.first_figures.map((name) => position[name]).filter((m) => valueOf(chosen.group, 0, m) && valueOf(chosen.group, 0, m)[0] !== null && !(metrics[m].kind === "money" && plans.every((_, k) => valueOf(chosen.group, k, m)?.[0] === 0)));
  const plan = plans[chosen.plan].name, against = compared && chosen.plan > 0;
  const figure = (m, k) => {
    const value = valueOf(chosen.group, k, m);
    return value ? minus(value[3]) : "-";
  };
  const rests = (metric) => (metric.counts ? data.rests.share : data.rests.other);
  const row = (m) => {
    const metric = metrics[m], value = valueOf(chosen.group, chosen.plan, m), change = differenceOf(chosen.group, chosen.plan, m);
    const name = element("th", { scope: "row" }, metric.label, element("span", { class: "interval" }, metric.about));
    const cell = (attributes, text) => element("td", attributes, text);
    if (!value) return [name, cell({}, "in the workbook alone")];
    const attributes = { "data-metric": metric.name, "data-value": value[0] };
    if (!against) return [name, cell({ ...attributes, "data-label": plan }, figure(m, chosen.plan)), cell({ "data-label": "95 %" }, value[4]), cell({ "data-label": "Rests on", class: "words" }, rests(metric))];
    const sure = change[1] === null || change[0] === 0 || change[5];
    return [name, cell({ "data-label": "Baseline" }, figure(m, 0)), cell({ ...attributes, "data-label": "With the plan" }, figure(m, chosen.plan)),
      element("td", { "data-label": "Difference" }, element("strong", {}, change[0] === 0 ? "no change" : minus(change[3])), element("span", { class: "interval" }, change[0] === 0 ? "" : `${change[4]}${sure ? "" : ", " + chance}`)),
      cell({ "data-label": "Rests on", class: "words" }, rests(metric))];
  };
  const head = against ? ["", "Baseline", "With the plan", "Difference, 95 %", "Rests on"] : ["", plan, "95 %", "Rests on"];
  section("outcomes").replaceChildren(table(`${plan}, ${whom()}: figures after ${data.horizon_text}`, head.map((one, i) => element(one ? "th" : "td", one ? { scope: "col", class: i === head.length - 1 ? "words" : undefined } : {}, one)), shown.map(row)));
};

// ---- plans side by side
const mainMetrics = ["conversion", "retention", "retained", "nps", "satisfaction", "effort", "repeats", "time_to_purchase", "account_retention", "revenue", "cost_to_serve", "investment", "npv", "clv"];
export const plansTable = () => {
  const shown = metrics.map((metric, m) => [metric, m]).filter(([, m]) => valueOf(chosen.group, 0, m) !== null);
  const isMain = ([metric]) => mainMetrics.includes(metric.name);
  const head = ["", ...plans.map((plan, k) => element("th", { scope: "col", class: k === chosen.plan ? "chosen" : undefined }, plan.name))];
  const row = ([metric, m]) => [
    element("th", { scope: "row", title: metric.about }, metric.label),
    ...plans.map((plan, k) => {
      const value = valueOf(chosen.group, k, m), change = differenceOf(chosen.group, k, m);
      if (!value) return element("td", {}, "-");
      const attributes = { "data-plan": plan.id, "data-metric": metric.name, "data-value": value[0] };
      if (k === 0) return element("td", attributes, minus(value[3]), element("span", { class: "interval" }, value[4]));
      const sure = change[1] !== null && change[5];
      const good = metric.better === "neutral" || !sure ? 0 : (change[0] > 0) === (metric.better === "higher") ? 1 : -1;
      attributes.class = good > 0 ? "better" : good < 0 ? "worse" : undefined;
      attributes["data-difference"] = change[0];
      const same = change[0] === 0;
      const mark = !same && change[1] !== null && !sure ? ` (${chance})` : good > 0 ? " better" : good < 0 ? " worse" : "";
      return element("td", attributes, minus(value[3]), element("span", { class: "interval" }, same ? "no change" : joined(`${minus(change[3])} ${change[4]}${mark}`)));
    })];
  const rows = shown.filter(isMain).map(row);
  if (compared && chosen.group === 0) {
    const extra = (label, key) => [label, ...plans.map((_, k) => {
      const [, value, interval] = /^(.*?)(?: \((.*)\))?$/.exec(k === 0 ? "-" : minus(data.money[k][key]));
      return interval ? element("td", {}, value, element("span", { class: "interval" }, interval)) : value;
    })];
    rows.push(extra("Return on investment", "roi_text"), extra("Payback", "payback_text"), extra("Investment per extra customer kept", "per_extra_customer"));
    for (const { metric, chances } of data.best) rows.push([`Chance of being best: ${metrics[position[metric]].label}`, ...chances]);
  }
  const words = compared ? `${whom()}: figures at the horizon; below each, the difference to the baseline with its 95 % interval` : `${whom()}: figures at the horizon with 95 % intervals`;
  const more = element("details", {}, element("summary", {}, "All other figures"), table(`Other figures, ${whom()}`, head, shown.filter((one) => !isMain(one)).map(row)));
  more.open = section("plans-table").querySelector("details")?.open ?? false;
  section("plans-table").replaceChildren(table(words[0].toUpperCase() + words.slice(1), head, rows), more);
};
export const side = () => {
  if (!compared) return;
  const box = grid(section("plans-charts"));
  for (const name of ["retained", "nps", "npv", "clv"]) {
    const m = position[name];
    new Chart(box, metrics[m].label, () => {
      const list = plans.slice(1).map((plan, k) => [plan.name, differenceOf(chosen.group, k + 1, m)]);
      if (list.some(([, e]) => e === null) || list.every(([, e]) => e[0] === null)) return null;
      return {
        title: takeaway(list, highestShown(chosen.group, name)),
        option: whisker(name, list, metrics[m], list.map((_, k) => hue(k + 1))),
        words: `${whom()[0].toUpperCase() + whom().slice(1)}: ` + list.map(([label, e]) => inWords(label, e, true)).join("; ") + ".",
        table: table(metrics[m].about, ["Plan", "Difference", "95 % interval"], list.map(([label, e]) => [label, minus(e[3]), e[4] + mark(e)])),
      };
    }, "low");
  }
};
