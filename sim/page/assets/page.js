// The report's script: reads the numbers in the element `data`, draws the charts, and puts a table behind each.
import { init, use } from "echarts/core";
import { BarChart, CustomChart, LineChart, SankeyChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, CustomChart, LineChart, SankeyChart, ScatterChart, GridComponent, LabelLayout, MarkLineComponent, TooltipComponent, CanvasRenderer]);

const data = JSON.parse(document.getElementById("data").textContent);
const { plans, groups, metrics, currency } = data;
const position = Object.fromEntries(metrics.map((metric, i) => [metric.name, i]));
const compared = plans.length > 1;
/** The plan that keeps most customers is shown first: it is the one that the answer names. */
const leader = () => {
  const kept = data.differences[0].map((plan) => plan[position.retained][0] ?? 0);
  return Math.max(1, kept.indexOf(Math.max(...kept)));
};
const chosen = { plan: compared ? leader() : 0, group: 0 };

// Okabe & Ito 2008, told apart by the colour-blind; lines differ in dash and mark as well.
const hues = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
const dashes = ["solid", [8, 3], [3, 3], [10, 3, 2, 3], [14, 4], [2, 2]];
const marks = ["circle", "rect", "triangle", "diamond", "roundRect", "arrow"];
const darkScheme = matchMedia("(prefers-color-scheme: dark)");
let printing = false;
const look = () =>
  darkScheme.matches && !printing
    ? { ink: "#e8eef5", soft: "#b4c1cf", line: "#2c3c4f", paper: "#0f1720", raised: "#18232f", baseline: "#aab7c4" }
    : { ink: "#16202b", soft: "#47566a", line: "#d5dee7", paper: "#ffffff", raised: "#f4f7fa", baseline: "#5b6b7b" };
const lighter = ["#4aa3df", "#f08a3c", "#2bb88d", "#dc97bf", "#e9b33a", "#8acdf5"];  // on dark paper
const tone = (i) => (darkScheme.matches && !printing ? lighter : hues)[i % hues.length];
const hue = (k) => (compared && k === 0 ? look().baseline : tone(k - (compared ? 1 : 0)));

// ---- small helpers
const element = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};
const minus = (text) => text.replace(/(^|[\s(])-(?=[\d.])/g, "$1\u2212");
/** Figures are not torn from their units at the end of a line. */
const joined = (text) => text.replace(/(\d) (%|M|bn|k|pt)(?![a-zA-Z])/g, "$1\u00a0$2").replace(/± /g, "±\u00a0");
const plain = (value, digits = 2) => (value === null ? "-" : minus(value.toFixed(digits)));
const percent = (value, digits = 1) => (value === null ? "-" : minus((100 * value).toFixed(digits)) + " %");
const sized = (value, scales) => {
  const [scale, suffix] = scales.find(([least]) => Math.abs(value) >= 0.9995 * least) ?? [1, ""];
  return [value / scale, suffix];
};
/** An amount of money as the tables have it. */
const short = (value) => {
  if (value === null) return "-";
  const [number, suffix] = sized(value, [[1e9, " bn"], [1e6, " M"]]);
  const size = Math.abs(number);
  return minus(size >= 99.95 ? Math.round(number).toLocaleString("en") : number.toFixed(size >= 9.995 ? 1 : size === 0 ? 0 : 2)) + suffix;
};
const tick = (value) => {
  const [number, suffix] = sized(value, [[1e9, " bn"], [1e6, " M"], [1e3, " k"]]);
  return minus((+number.toFixed(2)).toString()) + suffix;
};
const axisText = { share: (v) => minus((+(100 * v).toFixed(2)).toString()), money: tick };
const unitOf = { share: "%", money: currency, days: "days", points: "points", score: "0 to 1", number: "per person" };
const differenceUnit = { ...unitOf, share: "percentage points", score: "on a scale from 0 to 1" };
const unit = (metric, of) => (metric.name === "clv" ? `${currency} per person` : of[metric.kind]);
const month = 30.4375;
const days = data.horizon > 100 ? (d) => (d / month).toFixed(0) : (d) => (+d.toFixed(1)).toString();
const timeName = data.horizon > 100 ? "months" : "days";

// ---- tables
const table = (caption, head, rows) => {
  const body = rows.map((row) =>
    element("tr", {}, ...row.map((cell, i) => {
      if (cell instanceof Node) return cell;
      return i === 0 ? element("th", { scope: "row" }, cell) : element("td", {}, cell);
    })));
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    element("table", {}, element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...head.map((cell) => (cell instanceof Node ? cell : element("th", { scope: "col" }, cell))))),
      element("tbody", {}, ...body)));
};
const every = (list, most) => list.filter((_, i) => (list.length - 1 - i) % Math.ceil(list.length / most) === 0);

// ---- legends, as text, so that they wrap and are read
const drawing = (tag, attributes, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const markShape = (kind, colour) => ({
  circle: () => drawing("circle", { cx: 17, cy: 7, r: 4.5, fill: colour }),
  rect: () => drawing("rect", { x: 12.5, y: 2.5, width: 9, height: 9, fill: colour }),
  triangle: () => drawing("path", { d: "M17 2L22 12H12Z", fill: colour }),
  diamond: () => drawing("path", { d: "M17 1.5L22 7L17 12.5L12 7Z", fill: colour }),
  roundRect: () => drawing("rect", { x: 12.5, y: 2.5, width: 9, height: 9, rx: 3, fill: colour }),
  arrow: () => drawing("path", { d: "M17 2L21 12L17 9L13 12Z", fill: colour }),
  area: () => drawing("rect", { x: 6, y: 1, width: 22, height: 12, fill: colour }),
})[kind]();
const legendItem = ({ name, colour, dash, mark }) => {
  const line = dash ? [drawing("line", { x1: 0, y1: 7, x2: 34, y2: 7, stroke: colour, "stroke-width": 2.5, "stroke-dasharray": dash === "solid" ? "none" : dash.join(" ") })] : [];
  return element("li", {}, drawing("svg", { width: 34, height: 14, "aria-hidden": "true" }, ...line, ...(mark ? [markShape(mark, colour)] : [])), name);
};

// ---- charts
const charts = [];
class Chart {
  /** `draw(width)` gives { option, words, table } for what is chosen now, and height and legend where they matter; or null when there is
   *  nothing to show. */
  constructor(parent, title, draw, size = "", place = "folded") {
    this.draw = draw;
    this.legend = element("ul", { class: "legend", "aria-hidden": "true" });
    this.box = element("div", { class: `chart ${size}`, role: "img" });
    this.caption = element("figcaption");
    this.numbers = element("div", { class: "numbers" });
    const more = place === "beside" ? this.numbers : element("details", {}, element("summary", {}, "Table: " + title), this.numbers);
    const frame = size.includes("wide") ? element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, this.box) : this.box;
    this.figure = element("figure", { class: place }, element("h3", {}, title), this.legend, frame, this.caption, more);
    parent.append(this.figure);
    this.title = title;
    charts.push(this);
  }
  show() {
    this.figure.hidden = false;
    // The layout of paper is not known before it is printed: its widths are those of page.css.
    const paper = this.figure.matches(".folded") && this.figure.parentElement.matches(".one") ? 690 : 335;
    const drawn = this.draw(printing ? paper : this.box.clientWidth);
    this.figure.hidden = drawn === null;
    if (drawn === null) return;
    if (this.chart) this.chart.dispose();
    if (drawn.height) this.box.style.height = `${drawn.height}px`;
    const paperSize = printing ? { width: paper, height: drawn.height ?? this.box.clientHeight } : {};
    this.legend.replaceChildren(...(drawn.legend ?? []).map(legendItem));
    this.legend.hidden = !drawn.legend;
    this.chart = init(this.box, null, { renderer: "canvas", devicePixelRatio: Math.max(2, devicePixelRatio), ...paperSize });
    const { ink, soft, line, raised } = look();
    const axis = { axisLine: { lineStyle: { color: soft } }, axisTick: { show: false }, axisLabel: { color: soft, fontSize: 12 }, nameTextStyle: { color: soft, fontSize: 12 }, splitLine: { lineStyle: { color: line } } };
    const dress = (given) => given && { ...axis, ...given, axisLabel: { ...axis.axisLabel, ...given.axisLabel }, splitLine: { ...axis.splitLine, ...given.splitLine }, axisLine: { ...axis.axisLine, ...given.axisLine } };
    this.chart.setOption({
      animation: false,
      textStyle: { fontFamily: "system-ui, sans-serif", color: ink },
      ...drawn.option,
      xAxis: dress(drawn.option.xAxis),
      yAxis: dress(drawn.option.yAxis),
      tooltip: { renderMode: "richText", confine: true, backgroundColor: raised, borderColor: soft, textStyle: { color: ink, fontSize: 12 }, ...drawn.option.tooltip },
    });
    this.box.setAttribute("aria-label", `${this.title}. ${drawn.words} The numbers are in the table below.`);
    this.caption.textContent = joined(drawn.words);
    this.numbers.replaceChildren(drawn.table);
  }
}
const section = (id) => document.getElementById(id);
const grid = (parent, one = false) => {
  const box = element("div", { class: one ? "charts one" : "charts" });
  parent.append(box);
  return box;
};
const group = () => groups[chosen.group];
const curveGroup = () => (group().curves ? chosen.group : 0);
const whom = () => (chosen.group === 0 ? "all customers" : group().name);
const curveWhom = () => (curveGroup() === 0 ? "all customers" : group().name);

// ---- the chosen plan's figures
const cards = () => {
  const box = section("cards");
  const names = ["retention", "retained", "nps", "satisfaction", chosen.group === 0 ? "npv" : "clv"];
  const card = (label, figure, change, attributes = {}) =>
    element("div", { class: "card" }, element("dt", {}, label),
      element("dd", { class: "figure", ...attributes }, minus(figure)), change ? element("dd", { class: "change" }, minus(change)) : null);
  const list = names.map((name) => {
    const m = position[name];
    const value = data.values[chosen.group][chosen.plan][m];
    const change = data.differences[chosen.group][chosen.plan][m];
    return card(metrics[m].label, value[3], chosen.plan === 0 ? value[4] : `${change[3]} ${change[4]}`, { "data-metric": name, "data-value": value[0] });
  });
  const money = data.money[chosen.plan];
  if (compared && chosen.plan > 0) list.push(card("Payback", money.payback_short, money.roi_text === "-" ? "" : `return on investment ${minus(money.roi_text)}`));
  box.replaceChildren(...list);
  section("cards-title").textContent = `${plans[chosen.plan].name}, ${whom()}${chosen.plan > 0 ? ": change against the baseline below each figure" : ""}`;
};

// ---- plans side by side
const halo = () => ({ stroke: look().paper, lineWidth: 3 });
const nameAxis = (names) => ({ type: "category", data: names, inverse: true, axisTick: { show: false }, splitLine: { show: false }, axisLabel: { color: look().ink, width: 132, overflow: "break", lineHeight: 14, interval: 0 } });
const whisker = (name, list, metric, colours) => {
  const kind = metric.kind;
  const { soft, ink } = look();
  const names = list.map(([label]) => label);
  const format = axisText[kind] || ((v) => minus((+v.toPrecision(3)).toString()));
  return {
    grid: { left: 8, right: 24, top: 8, bottom: 28, containLabel: true },
    xAxis: { type: "value", name: unit(metric, differenceUnit), nameLocation: "middle", nameGap: 26, splitNumber: 4, scale: false, axisLabel: { formatter: format, hideOverlap: true } },
    yAxis: nameAxis(names),
    tooltip: { trigger: "item", formatter: (at) => `${names[at.dataIndex]}\n${minus(list[at.dataIndex][1][3])} ${list[at.dataIndex][1][4]}` },
    series: [{
      type: "custom",
      name,
      data: list.map(([, e], i) => [e[0], e[1] ?? e[0], e[2] ?? e[0], i]),
      encode: { x: [0, 1, 2], y: 3 },
      renderItem: (_, api) => {
        const i = api.value(3);
        const [x, y] = api.coord([api.value(0), i]);
        const low = api.coord([api.value(1), i])[0], high = api.coord([api.value(2), i])[0];
        const colour = colours[i];
        return { type: "group", children: [
          { type: "line", shape: { x1: low, y1: y, x2: high, y2: y }, style: { stroke: colour, lineWidth: 4 } },
          ...[low, high].map((end) => ({ type: "line", shape: { x1: end, y1: y - 7, x2: end, y2: y + 7 }, style: { stroke: colour, lineWidth: 2 } })),
          { type: "circle", shape: { cx: x, cy: y, r: 6 }, style: { fill: colour } },
          { type: "text", style: { x, y: y - 21, text: minus(list[i][1][3]), fill: ink, fontSize: 12, textAlign: "center", ...halo() } },
        ] };
      },
      markLine: { silent: true, z: 0, symbol: "none", label: { show: false }, lineStyle: { color: soft, type: "solid", width: 1.5 }, data: [{ xAxis: 0 }] },
      clip: false,
    }],
  };
};
const settled = (e) => e[1] === null ? "" : !e[5] ? "not told apart from the baseline" : e[0] > 0 ? "above the baseline" : "below the baseline";
const mainMetrics = ["conversion", "retention", "retained", "nps", "satisfaction", "effort", "repeats", "time_to_purchase", "account_retention", "revenue", "cost_to_serve", "investment", "npv", "clv"];
const plansTable = () => {
  const shown = metrics.map((metric, m) => [metric, m]).filter(([metric, m]) => metric.used && data.values[chosen.group][0][m] !== null);
  const isMain = ([metric]) => mainMetrics.includes(metric.name);
  const head = ["", ...plans.map((plan, k) => element("th", { scope: "col", class: k === chosen.plan ? "chosen" : undefined }, plan.name))];
  const row = ([metric, m]) => [
    element("th", { scope: "row", title: metric.about }, metric.label),
    ...plans.map((plan, k) => {
      const value = data.values[chosen.group][k][m], change = data.differences[chosen.group][k][m];
      const attributes = { "data-plan": plan.id, "data-metric": metric.name, "data-value": value[0] };
      if (k === 0) return element("td", attributes, minus(value[3]), element("span", { class: "interval" }, value[4]));
      const sure = change[1] !== null && change[5];
      const good = metric.better === "neutral" || !sure ? 0 : (change[0] > 0) === (metric.better === "higher") ? 1 : -1;
      attributes.class = good > 0 ? "better" : good < 0 ? "worse" : undefined;
      attributes["data-difference"] = change[0];
      const same = change[0] === 0;
      const mark = !same && change[1] !== null && !sure ? " ~" : good > 0 ? " better" : good < 0 ? " worse" : "";
      return element("td", attributes, minus(value[3]), element("span", { class: "interval" }, same ? "no change" : `${minus(change[3])} ${change[4]}${mark}`));
    })];
  const rows = shown.filter(isMain).map(row);
  if (compared && chosen.group === 0) {
    const extra = (label, key) => [label, ...plans.map((_, k) => (k === 0 ? "-" : minus(data.money[k][key])))];
    rows.push(extra("Return on investment", "roi_text"), extra("Payback", "payback_text"), extra("Investment per extra customer kept", "per_extra_customer"));
    for (const { metric, chances } of data.best) rows.push([`Chance of being best: ${metrics[position[metric]].label}`, ...chances]);
  }
  const words = compared ? `${whom()}: figures at the horizon; below each, the difference to the baseline with its 95 % interval` : `${whom()}: figures at the horizon with 95 % intervals`;
  const more = element("details", {}, element("summary", {}, "All other figures"), table(`Other figures, ${whom()}`, head, shown.filter((one) => !isMain(one)).map(row)));
  more.open = section("plans-table").querySelector("details")?.open ?? false;
  section("plans-table").replaceChildren(table(words[0].toUpperCase() + words.slice(1), head, rows), more);
};
const side = () => {
  if (!compared) return;
  const box = grid(section("plans-charts"));
  for (const name of ["retained", "nps", "npv", "clv"]) {
    const m = position[name];
    new Chart(box, metrics[m].label + ", difference to the baseline", () => {
      const list = plans.slice(1).map((plan, k) => [plan.name, data.differences[chosen.group][k + 1][m]]);
      if (list.some(([, e]) => e === null) || list.every(([, e]) => e[0] === null)) return null;
      return {
        option: whisker(name, list, metrics[m], list.map((_, k) => hue(k + 1))),
        words: `${whom()[0].toUpperCase() + whom().slice(1)}: ` + list.map(([label, e]) => `${label} ${minus(e[3])} ${e[4]}${settled(e) ? ", " + settled(e) : ""}`).join("; ") + ".",
        table: table(metrics[m].about, ["Plan", "Difference", "95 % interval"], list.map(([label, e]) => [label, minus(e[3]), e[4]])),
      };
    }, "low");
  }
};

// ---- curves of all plans, with bands
const curves = (x, list, format, xName, yName, axis = {}) => {
  const series = list.flatMap(({ name, k, mean, low, high }) => {
    const style = { color: hue(k), width: k === chosen.plan ? 3.2 : 2, type: dashes[k % dashes.length] };
    const step = Math.max(1, Math.floor(mean.length / 7));
    const line = { name, type: "line", data: mean.map((y, i) => [x[i], y]), lineStyle: style, itemStyle: { color: hue(k) }, z: k === chosen.plan ? 6 : 5,
      symbol: marks[k % marks.length], symbolSize: (_, at) => ((at.dataIndex + k * 2) % step === 0 ? 8 : 0), showAllSymbol: true };
    if (!low || low.every((v) => v === null)) return [line];
    const band = { type: "line", stack: "band" + k, stackStrategy: "all", symbol: "none", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false }, z: 1 };
    return [{ ...band, name: "low", data: low.map((y, i) => [x[i], y]) },
      { ...band, name: "high", data: high.map((y, i) => [x[i], y === null ? null : y - low[i]]), areaStyle: { color: hue(k), opacity: 0.22 } }, line];
  });
  return {
    grid: { left: 8, right: 20, top: 32, bottom: 30, containLabel: true },
    tooltip: { trigger: "axis", formatter: (all) => [`${days(all[0].value[0])} ${timeName}`, ...all.filter((one) => !["low", "high"].includes(one.seriesName)).map((one) => `${one.seriesName}: ${one.value[1] === null || one.value[1] === undefined ? "-" : format(one.value[1])}`)].join("\n") },
    xAxis: { type: "value", min: 0, max: x[x.length - 1], name: xName, nameLocation: "middle", nameGap: 26, interval: timeName === "months" ? month * (data.horizon > 1500 ? 12 : data.horizon > 700 ? 3 : 1) : undefined, splitLine: { show: false }, axisLabel: { formatter: days, hideOverlap: true } },
    yAxis: { type: "value", name: yName, nameTextStyle: { align: "left" }, ...axis, axisLabel: { formatter: (v) => minus((+v.toPrecision(6)).toString()), ...axis.axisLabel } },
    series,
  };
};
const lineLegend = (list) => list.map(({ name, k }) => ({ name, colour: hue(k), dash: dashes[k % dashes.length], mark: marks[k % marks.length] }));
const curveTable = (caption, first, x, list, format) =>
  table(caption, [first, ...list.map(({ name }) => name)], every(x.map((d, i) => [days(d), ...list.map(({ mean }) => (mean[i] === null ? "-" : format(mean[i])))]), 13));
const lastOf = (list) => list.filter((v) => v !== null).at(-1) ?? null;

const retention = () => {
  new Chart(grid(section("retention-charts"), true), "Buyers still customers, by time since their purchase", () => {
    const list = plans.map((plan, k) => ({ name: plan.name, k, ...data.survival.curve[curveGroup()][k] }));
    const x = data.survival.days.filter((_, i) => list.some(({ mean }) => mean[i] !== null));
    return {
      option: curves(x, list.map((one) => ({ ...one, mean: one.mean.slice(0, x.length), low: one.low.slice(0, x.length), high: one.high.slice(0, x.length) })), (v) => percent(v), `${timeName} since the purchase`, "% of buyers", { max: 1, scale: true, axisLabel: { formatter: axisText.share } }),
      legend: lineLegend(list),
      words: `Kaplan-Meier curves of ${curveWhom()}. At the right end: ${list.map(({ name, mean }) => `${name} ${percent(lastOf(mean))}`).join(", ")}.`,
      table: curveTable("Share of buyers still customers", `${timeName} since the purchase`, x, list, (v) => percent(v, 2)),
    };
  });
};
const promoters = () => {
  new Chart(grid(section("nps-charts"), true), "Net promoter score over time", () => {
    const list = plans.map((plan, k) => ({ name: plan.name, k, ...data.nps[curveGroup()][k] }));
    return {
      option: curves(data.time, list, (v) => plain(v), `${timeName} since the start`, "points", { scale: true }),
      legend: lineLegend(list),
      words: `True score of the customers present, ${curveWhom()}. At the horizon: ${list.map(({ name, mean }) => `${name} ${plain(lastOf(mean))}`).join(", ")}.`,
      table: curveTable("Net promoter score", timeName, data.time, list, (v) => plain(v)),
    };
  });
};
const funnel = () => {
  new Chart(grid(section("funnel-charts"), true), "Where those who arrived are", () => {
    const parts = [["customers", "Customers", "#009e73", "none"], ["prospects", "Still prospects", "#56b4e9", "none"], ["churned", "Churned", "#d55e00", "none"], ["lost", "Lost before buying", "#8a95a1", "none"]];
    const of = (name) => data.people[name][curveGroup()][chosen.plan];
    const { paper } = look();
    return {
      option: {
        grid: { left: 8, right: 20, top: 32, bottom: 30, containLabel: true },
        tooltip: { trigger: "axis", formatter: (all) => [`${days(all[0].value[0])} ${timeName}`, ...all.map((one) => `${one.seriesName}: ${percent(one.value[1])}`).reverse()].join("\n") },
        xAxis: { type: "value", min: 0, max: data.time.at(-1), name: `${timeName} since the start`, nameLocation: "middle", nameGap: 26, interval: timeName === "months" ? month * (data.horizon > 1500 ? 12 : data.horizon > 700 ? 3 : 1) : undefined, splitLine: { show: false }, axisLabel: { formatter: days, hideOverlap: true } },
        yAxis: { type: "value", max: 1, name: "% of all who arrived", nameTextStyle: { align: "left" }, axisLabel: { formatter: axisText.share } },
        series: parts.map(([name, label, colour]) => ({ name: label, type: "line", stack: "people", symbol: "none", data: of(name).map((y, i) => [data.time[i], y]), itemStyle: { color: colour }, lineStyle: { width: 1.5, color: paper }, areaStyle: { color: colour, opacity: 0.88 } })),
      },
      legend: parts.map(([, name, colour]) => ({ name, colour, mark: "area" })),
      words: `${plans[chosen.plan].name}, ${curveWhom()}. At the horizon: ${parts.map(([name, label]) => `${label.toLowerCase()} ${percent(lastOf(of(name)))}`).join(", ")}; ever bought ${percent(lastOf(of("bought")))}.`,
      table: table("Shares of all who arrived", [timeName, ...parts.map(([, label]) => label), "Ever bought"], every(data.time.map((d, i) => [days(d), ...parts.map(([name]) => percent(of(name)[i])), percent(of("bought")[i])]), 13)),
    };
  });
};

// ---- the flow between stages
const flow = () => {
  new Chart(grid(section("flow-charts"), true), "From stage to stage", (width) => {
    const links = data.flow[chosen.group][chosen.plan];
    const arrived = links.filter(([from]) => from === "Arrived").reduce((sum, [, , people]) => sum + people, 0);
    if (!(arrived > 0)) return null;
    const { soft, ink } = look();
    const paint = (name) => (name === "Lost" ? "#8a95a1" : name === "Churned" ? "#d55e00" : name.startsWith("Still") ? "#009e73" : name.startsWith("Back") ? "#cc79a7" : name === "Arrived" ? soft : "#56b4e9");
    const shown = links.filter(([, , people]) => people >= 0.0005 * arrived);
    const names = [...new Set(shown.flatMap(([from, to]) => [from, to]))];
    const through = (name) => Math.max(...[0, 1].map((end) => shown.filter((link) => link[end] === name).reduce((sum, link) => sum + link[2], 0)));
    return {
      option: {
        tooltip: { trigger: "item", formatter: (at) => (at.dataType === "edge" ? `${at.data.source} → ${at.data.target}: ${percent(at.data.value / arrived)}` : `${at.name}: ${percent(through(at.name) / arrived)}`) },
        series: [{
          type: "sankey", left: 8, right: 168, top: 12, bottom: 12, nodeWidth: 16, nodeGap: 14, draggable: false, layoutIterations: 64, emphasis: { focus: "adjacency" },
          data: names.map((name) => ({ name, itemStyle: { color: paint(name), borderWidth: 0 } })),
          links: shown.map(([source, target, value]) => ({ source, target, value, lineStyle: { color: paint(target), opacity: 0.36 } })),
          label: { color: ink, fontSize: width < 900 ? 10.5 : 12, lineHeight: 13, textBorderColor: look().paper, textBorderWidth: 3, formatter: ({ name }) => `${name}${width < 900 && !/^(Still|Back)/.test(name) ? "\n" : " "}${percent(through(name) / arrived, 0)}` },
        }],
      },
      words: `${plans[chosen.plan].name}, ${whom()}: net flows up to the horizon, in % of those who arrived. Those who move back and forth count once.`,
      table: table("Net flows, in % of those who arrived", ["From", "To", "Share", "Simulated people"], links.map(([from, to, people]) => [from, element("td", { class: "words" }, to), percent(people / arrived), Math.round(people).toLocaleString("en")])),
    };
  }, "tall wide");
};

// ---- the journey map and its touchpoints
const journey = () => {
  const maps = [...document.querySelectorAll(".map svg")];
  const own = maps.find((map) => map.dataset.plan === plans[chosen.plan].id);
  for (const map of maps) map.toggleAttribute("hidden", map !== (own ?? maps[0]));
  section("map").querySelector(".map").classList.toggle("full", section("full-map").checked);
  const note = section("map-note");
  if (note) note.textContent = own || !maps.length ? "" : `The map of ${plans[chosen.plan].name} would make this page too large; shown is that of ${plans[0].name}.`;
  const { names, columns, cells } = data.touchpoints;
  const used = columns.map((column, c) => [column, c]).filter(([column]) => column.used);
  const labels = { visits: "Visits per person", repeats: "Repeats per person", quality: "Quality", satisfaction: "Satisfaction", effort: "Effort", wait_days: "Wait", gave_up: "Gave up" };
  const levers = new Map((data.leverage?.rows ?? []).map((one) => [one.id, one]));
  const lever = (id) => {
    if (!data.leverage) return [];
    const one = levers.get(id);
    if (!one?.shift) return ["-", "-", "-", "-"];
    const cell = (key) => element("td", { "data-lever": id, "data-metric": key, "data-value": one[key][0] }, minus(one[key][3]), element("span", { class: "interval" }, `${one[key][4]}${one[key][5] || one[key][1] === null ? "" : " ~"}`));
    const roles = [one.on_purchase && `${one.on_purchase} of purchase`, one.on_retention && `${one.on_retention} of retention`].filter(Boolean).join(", ");
    return [element("td", { class: "wraps" }, minus(one.shift), element("span", { class: "interval" }, roles)), cell("npv"), cell("retained"), one.reach === null ? "-" : percent(one.reach, 0)];
  };
  const leverHead = data.leverage ? ["Best standard step", `Worth, ${currency}`, "Retained by it", "Reach"] : [];
  const badge = (id) => (id === data.leverage?.weakest ? " (weakest)" : "") + (id === data.leverage?.worth_fixing ? " (worth fixing)" : id === data.leverage?.leader ? " (largest gain seen, may be chance)" : "");
  const rows = names.map((name, v) => [name, v]).filter(([name]) => !name.end).map(([name, v]) => [
    name.name + badge(name.id), element("td", { class: "words" }, [name.stage, name.channel, name.team].filter(Boolean).join(", ")),
    ...used.map(([column, c]) => element("td", { "data-touchpoint": name.id, "data-metric": column.name, "data-value": cells[chosen.plan][v][c][0] }, cells[chosen.plan][v][c][3])), ...lever(name.id)]);
  section("touchpoint-table").replaceChildren(table(`${plans[chosen.plan].name}, all customers: every touchpoint${data.leverage ? `. Steps, weakest and worth fixing: under ${data.leverage.plan}` : ""}`, ["Touchpoint", element("th", { scope: "col", class: "words" }, "Stage, channel, team"), ...used.map(([column]) => element("th", { scope: "col", title: column.about }, labels[column.name] ?? column.name)), ...leverHead], rows));
};

// ---- who is better off, and where fewer leave
const fates = () => {
  if (!compared) return;
  const box = grid(section("fates-charts"));
  new Chart(box, "Customer by customer, against the baseline", (width) => {
    const list = plans.slice(1).map((plan, i) => [plan.name, data.fortunes[i + 1][chosen.group]]);
    if (list.some(([, one]) => !one || one.better[0] === null)) return null;
    const parts = [["better", "Better off", "#0072b2", "#ffffff"], ["same", "The same", darkScheme.matches && !printing ? "#5b6b7b" : "#c5d0db", darkScheme.matches && !printing ? "#ffffff" : "#16202b"], ["worse", "Worse off", "#d55e00", "#ffffff"]];
    const tell = ([mean, low, high]) => percent(mean) + (low === null ? "" : ` ± ${plain(50 * (high - low), 1)}`);
    return {
      height: 70 + 44 * list.length,
      option: {
        grid: { left: 8, right: 24, top: 6, bottom: 30, containLabel: true },
        tooltip: { trigger: "item", formatter: (at) => `${at.name}, ${at.seriesName.toLowerCase()}: ${tell(list[at.dataIndex][1][parts[at.seriesIndex][0]])}` },
        xAxis: { type: "value", max: 1, name: "% of customers who arrived", nameLocation: "middle", nameGap: 26, axisLabel: { formatter: axisText.share } },
        yAxis: nameAxis(list.map(([name]) => name)),
        series: parts.map(([key, name, colour, text]) => ({ name, type: "bar", stack: "all", barWidth: 24, itemStyle: { color: colour, borderColor: look().paper, borderWidth: 1 }, data: list.map(([, one]) => one[key][0]),
          label: { show: true, color: text, fontSize: 12, formatter: (at) => (at.value * (width - 180) >= 36 ? percent(at.value, 0) : "") } })),
      },
      legend: parts.map(([, name, colour]) => ({ name, colour, mark: "area" })),
      words: `${whom()[0].toUpperCase() + whom().slice(1)}: ` + list.map(([name, one]) => `${name} leaves ${percent(one.better[0])} better and ${percent(one.worse[0])} worse off`).join("; ") + ".",
      table: table("Shares of those who arrived", ["Plan", ...parts.map(([, name]) => name), "Customer under the plan only", "Customer under the baseline only"], list.map(([name, one]) => [name, ...parts.map(([key]) => tell(one[key])), tell(one.gained), tell(one.given_up)])),
    };
  });
  new Chart(box, "Retained, in parts by where fewer leave", () => {
    if (chosen.plan === 0) return null;
    const list = data.by_stage[chosen.plan].filter(({ change }) => /[1-9]/.test(change[3])).map(({ name, change }) => [name, change]);
    if (!list.length) return null;
    return {
      height: 70 + 44 * list.length,
      option: whisker("by stage", list, metrics[position.retained], list.map(() => hue(chosen.plan))),
      words: `${plans[chosen.plan].name}, all customers, by the stage that people are kept from leaving; the parts add up to ${minus(data.differences[0][chosen.plan][position.retained][3])}.`,
      table: table("Parts of the difference in retained", ["Stage", ...plans.slice(1).map(({ name }) => name)], data.by_stage[chosen.plan].map(({ name }, i) => [name, ...plans.slice(1).map((_, k) => { const part = data.by_stage[k + 1][i].change; return part[0] === 0 ? "0" : `${minus(part[3])} ${part[4]}${part[5] ? "" : " ~"}`; })])),
    };
  });
};

// ---- what is worth fixing
const tornado = () => {
  if (!data.leverage) return;
  const { rows, weakest, worth_fixing: worth, leader, plan, precision } = data.leverage;
  const shown = rows.filter((one) => one.shift);
  const label = (one) => one.name + (one.id === weakest ? " (weakest)" : "") + (one.id === worth ? " (worth fixing)" : one.id === leader ? " (largest seen, may be chance)" : "") + (one.ours ? "" : " *");
  const paint = (one) => (one.id === worth ? tone(2) : one.id === weakest ? tone(1) : one.ours ? tone(0) : look().soft);
  const leverTable = () => table(`Best standard step at each touchpoint, one at a time, under ${plan}`,
    ["Touchpoint", "Step", ...["npv", "retained", "nps"].map((name) => metrics[position[name]].label), "Score", "Weight", "Reach", "Of those who leave"],
    shown.map((one) => [label(one), minus(one.shift), ...["npv", "retained", "nps"].map((name) => `${minus(one[name][3])} ${one[name][4]}${one[name][5] || one[name][1] === null ? "" : " ~"}`), plain(one.score), plain(one.weight, 1), one.reach === null ? "-" : percent(one.reach, 0), percent(one.leavers, 0)]));
  const box = grid(section("leverage-charts"));
  const note = shown.some((one) => !one.ours) ? " *: outside the company's reach." : "";
  for (const name of ["npv", "retained"]) {
    const metric = metrics[position[name]];
    new Chart(box, `${metric.label} by the best standard step`, (width) => {
      const { ink, soft } = look();
      const ends = shown.flatMap((one) => [one[name][1] ?? one[name][0], one[name][2] ?? one[name][0]]);
      const low = Math.min(0, ...ends), high = Math.max(0, ...ends), room = (high - low) * (name === "npv" && width > 480 ? 0.62 : 0.36);
      return {
        height: 60 + 30 * shown.length,
        option: {
          grid: { left: 8, right: 10, top: 6, bottom: 30, containLabel: true },
          tooltip: { trigger: "item", formatter: (at) => `${label(shown[at.dataIndex])}: ${minus(shown[at.dataIndex].shift)}\n${minus(shown[at.dataIndex][name][3])} ${shown[at.dataIndex][name][4]}` },
          xAxis: { type: "value", min: low, max: high + room, name: unit(metric, differenceUnit), nameLocation: "middle", nameGap: 26, splitNumber: 4, axisLabel: { formatter: axisText[metric.kind] ?? undefined, hideOverlap: true, showMinLabel: low === 0, showMaxLabel: false } },
          yAxis: { ...nameAxis(shown.map(label)), axisLabel: { color: ink, width: 150, overflow: "break", lineHeight: 12, fontSize: 11, interval: 0 } },
          series: [{
            type: "custom", clip: false, encode: { x: [0, 1, 2], y: 3 }, data: shown.map((one, i) => [one[name][0], one[name][1] ?? one[name][0], one[name][2] ?? one[name][0], i]),
            renderItem: (_, api) => {
              const i = api.value(3), one = shown[i];
              const [x, y] = api.coord([api.value(0), i]), zero = api.coord([0, i])[0];
              const from = api.coord([api.value(1), i])[0], to = api.coord([api.value(2), i])[0];
              const sure = one[name][5] || one[name][1] === null;
              return { type: "group", children: [
                { type: "rect", shape: { x: Math.min(x, zero), y: y - 8, width: Math.max(1, Math.abs(x - zero)), height: 16 }, style: { fill: paint(one), opacity: sure ? 1 : 0.45 } },
                { type: "line", shape: { x1: from, y1: y, x2: to, y2: y }, style: { stroke: ink, lineWidth: 1.5 } },
                ...[from, to].map((end) => ({ type: "line", shape: { x1: end, y1: y - 4, x2: end, y2: y + 4 }, style: { stroke: ink, lineWidth: 1.5 } })),
                { type: "text", style: { x: Math.max(to, zero) + 6, y: y - 5.5, text: minus(one[name][3]) + (sure ? "" : " ~") + (name === "npv" && width > 480 ? "  " + minus(one.shift) : ""), fill: ink, fontSize: 11, ...halo() } },
              ] };
            },
            markLine: { silent: true, z: 0, symbol: "none", label: { show: false }, lineStyle: { color: soft, type: "solid", width: 1.5 }, data: [{ xAxis: 0 }] },
          }],
        },
        words: `One standard step at one touchpoint at a time, under ${plan}; ${precision}. Whiskers are 95 % intervals of each by itself, ~ marks those that include 0; the sentence above allows for all of them at once.${note}`,
        table: leverTable(),
      };
    });
  }
  new Chart(grid(section("leverage-charts"), true), worth && weakest && worth !== weakest ? "Score against worth: the lowest score is not the largest gain" : "Score against worth", () => {
    const { ink, soft } = look();
    const npv = metrics[position.npv];
    const named = new Set([worth, weakest, ...shown.slice(0, 4).map(({ id }) => id)]);
    return {
      option: {
        grid: { left: 8, right: 30, top: 34, bottom: 30, containLabel: true },
        tooltip: { trigger: "item", formatter: (at) => `${label(shown[at.dataIndex])}\nscore ${plain(shown[at.dataIndex].score)}, ${minus(shown[at.dataIndex].npv[3])} by ${minus(shown[at.dataIndex].shift)}` },
        xAxis: { type: "value", name: "score: mean satisfaction with a visit, 0 to 1", nameLocation: "middle", nameGap: 26, min: 0, max: 1, splitLine: { show: false } },
        yAxis: { type: "value", name: `worth of the best step, ${currency}`, nameTextStyle: { align: "left" }, axisLabel: { formatter: axisText.money } },
        series: [{
          type: "scatter", symbolSize: (_, at) => 9 + 16 * Math.sqrt(shown[at.dataIndex].reach ?? 0.1),
          data: shown.map((one) => ({ value: [one.score, one.npv[0]], label: { position: one.id === weakest && one.score > 0.2 ? "left" : "right" }, symbol: one.id === worth ? "diamond" : one.id === weakest ? "triangle" : "circle", itemStyle: { color: paint(one), opacity: 0.9 } })),
          label: { show: true, color: ink, fontSize: 12, textBorderColor: look().paper, textBorderWidth: 3, formatter: (at) => (named.has(shown[at.dataIndex].id) ? label(shown[at.dataIndex]) : "") },
          labelLayout: { hideOverlap: true },
          markLine: { silent: true, z: 0, symbol: "none", label: { show: false }, lineStyle: { color: soft, type: "solid", width: 1 }, data: [{ yAxis: 0 }] },
        }],
      },
      words: `Each mark is a touchpoint, its size the share of people who come there. ${npv.label} is that of the market up to the horizon.`,
      table: leverTable(),
    };
  }, "wide");
};

// ---- what a budget buys
const budget = () => {
  if (!data.frontier) return;
  const { points, choices, budget: limit, budget_text: limitText, precision, tried } = data.frontier;
  new Chart(grid(section("budget-charts"), true), "Cost against gain", () => {
    const { ink, soft } = look();
    const best = points.filter((one) => one.allowed).length - 1;
    const most = Math.max(...choices.map(([cost]) => cost), limit ?? 0);
    return {
      option: {
        grid: { left: 8, right: 30, top: 56, bottom: 34, containLabel: true },
        tooltip: { trigger: "item", formatter: (at) => (at.seriesIndex === 0 ? `${choices[at.dataIndex][2] || "Nothing"}\ncosts ${short(choices[at.dataIndex][0])}, gains ${short(choices[at.dataIndex][1])}` : `${at.dataIndex + 1}: ${points[at.dataIndex].name}\ncosts ${points[at.dataIndex].cost[1]}, gains ${minus(points[at.dataIndex].npv[3])} ${points[at.dataIndex].npv[4]}`) },
        xAxis: { type: "value", name: `investment up to the horizon, ${currency}`, nameLocation: "middle", nameGap: 28, min: 0, max: most * 1.05 || undefined, axisLabel: { formatter: axisText.money, hideOverlap: true, showMaxLabel: false } },
        yAxis: { type: "value", name: `net present value over the baseline, ${currency}`, nameGap: 36, nameTextStyle: { align: "left" }, axisLabel: { formatter: axisText.money } },
        series: [
          { type: "scatter", data: choices.map(([cost, gain]) => [cost, gain]), symbolSize: 6, itemStyle: { color: soft, opacity: 0.55 } },
          {
            type: "line", step: "end", data: points.map((one, i) => ({ value: [one.cost[0], one.npv[0]], symbol: i === best ? "diamond" : "circle", symbolSize: i === best ? 20 : 12 })),
            lineStyle: { color: tone(0), width: 2 }, itemStyle: { color: tone(0) }, showAllSymbol: true,
            label: { show: true, position: "top", distance: 7, color: ink, fontSize: 13, fontWeight: "bold", textBorderColor: look().paper, textBorderWidth: 3, formatter: (at) => `${at.dataIndex + 1}` },
            markLine: limit === null ? undefined : { silent: true, symbol: "none", lineStyle: { color: tone(1), width: 2, type: [6, 4] }, label: { color: ink, formatter: `budget ${limitText}`, position: "end", rotate: 0, align: limit > 0.3 * most ? "right" : "left" }, data: [{ xAxis: limit }] },
          },
        ],
      },
      legend: [{ name: "best for what it costs, numbered as in the table", colour: tone(0), dash: "solid", mark: "circle" }, { name: limit === null ? "best of all, underlined" : "best within the budget, underlined", colour: tone(0), mark: "diamond" }, { name: "other choices", colour: soft, mark: "circle" }],
      words: `${tried} choices tried, those shown with ${precision}. Intervals in the table are of each choice by itself; those above allow for having chosen the best. ${limit === null ? "" : `The budget of ${limitText} buys number ${best + 1}: ${points[best]?.name ?? "nothing"}.`}`,
      table: table("Best for what it costs", ["", element("th", { scope: "col", class: "words" }, "Buys"), "Costs", "Net present value", "Retained"], points.map((one, i) => [element("th", { scope: "row", class: i === best ? "chosen" : undefined }, `${i + 1}`), element("td", { class: "words" }, one.name), one.cost[1], element("td", { "data-frontier": i, "data-value": one.npv[0] }, minus(one.npv[3]), element("span", { class: "interval" }, one.npv[4])), element("td", {}, minus(one.retained[3]), element("span", { class: "interval" }, one.retained[4]))])),
    };
  }, "tall", "beside");
};

// ---- money
const waterfall = () => {
  const box = grid(section("money-charts"));
  new Chart(box, "From revenue to net present value", () => {
    const k = chosen.plan, base = data.money[0];
    const of = (key) => data.money[k][key] - (k > 0 ? base[key] : 0);
    const undiscounted = of("revenue") - of("cost_to_serve") - of("investment");
    const steps = [["Revenue", of("revenue")], ["Cost to serve", -of("cost_to_serve")], ["Investment", -of("investment")], ["Discount", of("npv") - undiscounted], ["Net present value", of("npv"), true]].filter(([name, value]) => value !== 0 || !["Investment", "Discount"].includes(name));
    let sum = 0;
    const bars = steps.map(([name, value, total]) => {
      const from = total ? 0 : sum;
      sum = total ? value : sum + value;
      return { name, value, from, to: sum, total };
    });
    const { ink, soft } = look();
    const paint = (bar) => (bar.total ? "#0072b2" : bar.value < 0 ? "#d55e00" : "#009e73");
    const sign = (value) => (k > 0 && value > 0 ? "+" : "") + short(value);
    const ends = bars.flatMap(({ from, to }) => [from, to]), low = Math.min(0, ...ends), high = Math.max(0, ...ends);
    return {
      option: {
        grid: { left: 8, right: 24, top: 6, bottom: 30, containLabel: true },
        tooltip: { trigger: "item", formatter: (at) => `${bars[at.dataIndex].name}: ${sign(bars[at.dataIndex].value)} ${currency}` },
        xAxis: { type: "value", name: currency, nameLocation: "middle", nameGap: 26, min: low, max: high + 0.22 * (high - low), splitNumber: 4, axisLabel: { formatter: axisText.money, hideOverlap: true, showMinLabel: low === 0, showMaxLabel: false } },
        yAxis: nameAxis(bars.map(({ name }) => name)),
        series: [{
          type: "custom", encode: { x: [0, 1], y: 2 }, data: bars.map((bar, i) => [bar.from, bar.to, i]), clip: false,
          renderItem: (_, api) => {
            const i = api.value(2), bar = bars[i];
            const [x1, y] = api.coord([bar.from, i]), x2 = api.coord([bar.to, i])[0];
            const height = Math.min(30, api.size([0, 1])[1] * 0.62), left = Math.min(x1, x2), below = api.size([0, 1])[1];
            return { type: "group", children: [
              ...(i + 1 < bars.length ? [{ type: "line", shape: { x1: x2, y1: y + height / 2, x2, y2: y + below - height / 2 }, style: { stroke: soft, lineDash: [3, 3] } }] : []),
              { type: "rect", shape: { x: left, y: y - height / 2, width: Math.max(1, Math.abs(x1 - x2)), height }, style: { fill: paint(bar) } },
              { type: "text", style: { x: Math.max(x1, x2) + 6, y: y - 6, text: sign(bar.value), fill: ink, fontSize: 12, ...halo() } },
            ] };
          },
          markLine: { silent: true, z: 0, symbol: "none", label: { show: false }, lineStyle: { color: soft, type: "solid", width: 1.5 }, data: [{ xAxis: 0 }] },
        }],
      },
      words: `${plans[k].name}${k > 0 ? ", difference to the baseline" : ""}, for the market up to the horizon: ${bars.map(({ name, value }) => `${name.toLowerCase()} ${sign(value)}`).join(", ")}.`,
      table: table(`${currency}, for the market`, ["", currency], bars.map(({ name, value }) => [name, sign(value)])),
    };
  });
  new Chart(box, compared ? "When the money comes back" : "Money over time", () => {
    const list = plans.map((plan, k) => ({ name: plan.name, k, mean: data.money[k].cash })).slice(compared ? 1 : 0);
    return {
      option: curves(data.time, list, (v) => short(v), `${timeName} since the start`, currency, { axisLabel: { formatter: axisText.money } }),
      legend: lineLegend(list),
      words: `Cumulative revenue − cost to serve − investment${compared ? ", difference to the baseline" : ""}, undiscounted. ${compared ? "A plan has paid back where its line stays above 0: " + plans.slice(1).map((plan, k) => `${plan.name} ${data.money[k + 1].payback_text}`).join(", ") + "." : ""}`,
      table: curveTable(`Cumulative, ${currency}`, timeName, data.time, list, short),
    };
  });
};

// ---- by persona
const personas = () => {
  if (groups.length < 2) return section("personas").remove();
  const box = grid(section("persona-charts"));
  const people = groups.slice(1);
  for (const name of ["retained", "nps", "satisfaction", "clv"]) {
    const m = position[name];
    new Chart(box, `${metrics[m].label}${compared ? ", difference to the baseline" : ""}`, () => {
      const source = chosen.plan > 0 ? data.differences : data.values;
      const list = people.map((one, g) => [one.name, source[g + 1][chosen.plan][m]]);
      if (list.every(([, e]) => e[0] === null)) return null;
      const option = whisker(name, list, metrics[m], list.map((_, g) => (g + 1 === chosen.group || chosen.group === 0 ? hue(chosen.plan) : look().soft)));
      if (chosen.plan === 0) { option.xAxis.scale = true; option.xAxis.name = unit(metrics[m], unitOf); delete option.series[0].markLine; }
      return {
        option,
        words: `${plans[chosen.plan].name}: ` + list.map(([label, e]) => `${label} ${minus(e[3])} ${e[4]}`).join("; ") + ".",
        table: table(metrics[m].about, ["Persona", "Plan", "Value", "95 %", "Difference", "95 %"], people.flatMap((one, g) => plans.map((plan, k) => {
          const value = data.values[g + 1][k][m], change = data.differences[g + 1][k][m];
          return [one.name, element("td", { class: "words" }, plan.name), minus(value[3]), value[4], k ? minus(change[3]) : "", k ? change[4] : ""];
        }))),
      };
    }, "low");
  }
};

// ---- queues, word of mouth, accounts: where the file has them
const market = () => {
  const box = () => grid(section("market-charts"));
  if (!data.queues && !data.heard && !data.accounts) return section("market").remove();
  const parent = box();
  const listed = (pick) => plans.map((plan, k) => ({ name: plan.name, k, mean: pick(k) }));
  for (const queue of data.queues ?? []) {
    new Chart(parent, `Wait: ${queue.name}`, () => {
      const hours = Math.max(...queue.wait.flat()) < 1 / 24 ? [1440, "minutes"] : Math.max(...queue.wait.flat()) < 2 ? [24, "hours"] : [1, "days"];
      const list = listed((k) => queue.wait[k].map((v) => v * hours[0]));
      return { option: curves(data.time, list, (v) => `${plain(v)} ${hours[1]}`, `${timeName} since the start`, hours[1]), legend: lineLegend(list), words: `At the horizon: ${list.map(({ name, mean }) => `${name} ${plain(lastOf(mean))} ${hours[1]}`).join(", ")}.`, table: curveTable(`Wait, ${hours[1]}`, timeName, data.time, list, (v) => plain(v, 3)) };
    });
  }
  for (const [key, label] of data.heard ? [["positive", "Good word heard"], ["negative", "Bad word heard"]] : []) {
    new Chart(parent, `${label} so far, per person`, () => {
      const list = listed((k) => data.heard[key][k]);
      return { option: curves(data.time, list, (v) => plain(v, 3), `${timeName} since the start`, "messages per person"), legend: lineLegend(list), words: `All customers. At the horizon: ${list.map(({ name, mean }) => `${name} ${plain(lastOf(mean), 3)}`).join(", ")}.`, table: curveTable("Messages heard per person", timeName, data.time, list, (v) => plain(v, 3)) };
    });
  }
  for (const [s, name] of (data.accounts?.names ?? []).entries()) {
    new Chart(parent, `Accounts that are customers: ${name}`, () => {
      const share = (k) => data.accounts.customers[k][s].map((v, i) => (data.accounts.arrived[k][s].at(-1) > 0 ? v / data.accounts.arrived[k][s].at(-1) : null));
      const list = listed(share);
      return { option: curves(data.time, list, (v) => percent(v), `${timeName} since the start`, "% of accounts", { axisLabel: { formatter: axisText.share } }), legend: lineLegend(list), words: `Share of all accounts that arrived. At the horizon: ${list.map(({ name: plan, mean }) => `${plan} ${percent(lastOf(mean))}`).join(", ")}.`, table: curveTable("Accounts of which somebody is a customer", timeName, data.time, list, (v) => percent(v)) };
    });
  }
};

// ---- choosing
const status = section("status");
const refresh = (said) => {
  cards();
  plansTable();
  journey();
  for (const chart of charts) chart.show();
  if (said) status.textContent = `Showing ${plans[chosen.plan].name}, ${whom()}.`;
};
const choose = (id, list, key) => {
  const select = section(id);
  for (const [i, { name }] of list.entries()) select.append(element("option", { value: i, selected: i === chosen[key] }, name));
  if (list.length < 2) select.parentElement.hidden = true;
  select.addEventListener("change", () => {
    chosen[key] = Number(select.value);
    refresh(true);
  });
};
choose("plan", plans, "plan");
choose("persona", groups, "group");
if (plans.length < 2 && groups.length < 2) section("controls").remove();
section("choices")?.addEventListener("submit", (event) => event.preventDefault());
section("full-map")?.addEventListener("change", () => journey());
side();
fates();
retention();
funnel();
promoters();
flow();
tornado();
budget();
waterfall();
personas();
market();
refresh(false);
darkScheme.addEventListener("change", () => refresh(false));
// Paper is white, and of another width than the screen.
addEventListener("beforeprint", () => { printing = true; refresh(false); });
addEventListener("afterprint", () => { printing = false; refresh(false); });
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  for (const chart of charts) if (chart.chart) chart.chart.resize();
});
document.documentElement.dataset.ready = "yes";
