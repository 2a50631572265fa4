// The report's script: reads the numbers in the element `data`, draws the charts, and puts a table behind each.
import { init, use } from "echarts/core";
import { BarChart, CustomChart, LineChart, SankeyChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, CustomChart, LineChart, SankeyChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

const data = JSON.parse(document.getElementById("data").textContent);
const { plans, groups, metrics, currency } = data;
const position = Object.fromEntries(metrics.map((metric, i) => [metric.name, i]));
const compared = plans.length > 1;
const chosen = { plan: compared ? 1 : 0, group: 0 };

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
const hue = (k) => (compared && k === 0 ? look().baseline : (darkScheme.matches && !printing ? lighter : hues)[(k - (compared ? 1 : 0)) % hues.length]);

// ---- small helpers
const element = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};
const minus = (text) => text.replace(/^-(?=[\d.])/, "\u2212");
const plain = (value, digits = 2) => (value === null ? "-" : minus(value.toFixed(digits)));
const percent = (value, digits = 1) => (value === null ? "-" : minus((100 * value).toFixed(digits)) + " %");
const short = (value) => {
  if (value === null) return "-";
  const size = Math.abs(value);
  const [scale, suffix] = size >= 999.5e6 ? [1e9, " bn"] : size >= 999.5e3 ? [1e6, " M"] : size >= 9995 ? [1e3, " k"] : [1, ""];
  const digits = size / scale >= 99.5 || size === 0 ? 0 : size / scale >= 9.95 ? 1 : 2;
  return minus((value / scale).toFixed(digits)) + suffix;
};
const axisText = { share: (v) => minus((+(100 * v).toFixed(2)).toString()), money: (v) => short(v).replace(/\.0+(?= |$)/, "").replace(/(\.\d*[1-9])0+(?= |$)/, "$1") };
const unitOf = { share: "%", money: currency, days: "days", points: "points", score: "0 to 1", number: "per person" };
const differenceUnit = { ...unitOf, share: "points of per cent", score: "" };
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

// ---- charts
const charts = [];
class Chart {
  /** `draw` gives { option, words, table } for what is chosen now, or null when there is nothing to show. */
  constructor(parent, title, draw, size = "") {
    this.draw = draw;
    this.box = element("div", { class: `chart ${size}`, role: "img" });
    this.caption = element("figcaption");
    this.more = element("details", {}, element("summary", {}, "Table: " + title), element("div"));
    this.figure = element("figure", {}, element("h3", {}, title), this.box, this.caption, this.more);
    parent.append(this.figure);
    this.title = title;
    charts.push(this);
  }
  show() {
    const drawn = this.draw();
    this.figure.hidden = drawn === null;
    if (drawn === null) return;
    if (this.chart) this.chart.dispose();
    // The layout of paper is not known before it is printed: its widths are those of page.css.
    const paperSize = printing ? { width: this.figure.parentElement.matches(".one") ? 690 : 335, height: this.box.clientHeight } : {};
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
      legend: drawn.option.legend && { textStyle: { color: ink, fontSize: 13 }, inactiveColor: soft, itemWidth: 34, top: 0, left: 0, ...drawn.option.legend },
      tooltip: { renderMode: "richText", confine: true, backgroundColor: raised, borderColor: soft, textStyle: { color: ink, fontSize: 12 }, ...drawn.option.tooltip },
    });
    this.box.setAttribute("aria-label", `${this.title}. ${drawn.words} The numbers are in the table below.`);
    this.caption.textContent = drawn.words;
    this.more.lastElementChild.replaceChildren(drawn.table);
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
  if (compared && chosen.plan > 0) list.push(card("Payback", money.payback_text, money.roi_text === "-" ? "" : `return on investment ${money.roi_text}`));
  box.replaceChildren(...list);
  section("cards-title").textContent = `${plans[chosen.plan].name}, ${whom()}${chosen.plan > 0 ? ": change against the baseline below each figure" : ""}`;
};

// ---- plans side by side
const whisker = (name, list, kind, colours) => {
  const { soft, line, ink } = look();
  const names = list.map(([label]) => label);
  const format = axisText[kind] || ((v) => minus((+v.toPrecision(3)).toString()));
  return {
    grid: { left: 8, right: 24, top: 8, bottom: 28, containLabel: true },
    xAxis: { type: "value", name: differenceUnit[kind], nameLocation: "middle", nameGap: 26, splitNumber: 4, scale: false, axisLabel: { formatter: format, hideOverlap: true } },
    yAxis: { type: "category", data: names, inverse: true, splitLine: { show: false }, axisLabel: { color: ink, width: 130, overflow: "break" } },
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
          { type: "text", style: { x, y: y - 19, text: minus(list[i][1][3]), fill: ink, fontSize: 12, textAlign: "center" } },
        ] };
      },
      markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: soft, type: "solid", width: 1.5 }, data: [{ xAxis: 0 }] },
      clip: false,
    }],
    line,
  };
};
const settled = (e) => e[1] === null ? "" : e[1] > 0 ? "above the baseline" : e[2] < 0 ? "below the baseline" : "not told apart from the baseline";
const plansTable = () => {
  const shown = metrics.map((metric, m) => [metric, m]).filter(([metric, m]) => metric.used && data.values[chosen.group][0][m] !== null);
  const head = ["", ...plans.map((plan, k) => element("th", { scope: "col", class: k === chosen.plan ? "chosen" : undefined }, plan.name))];
  const rows = shown.map(([metric, m]) => [
    element("th", { scope: "row", title: metric.about }, metric.label),
    ...plans.map((plan, k) => {
      const value = data.values[chosen.group][k][m], change = data.differences[chosen.group][k][m];
      const attributes = { "data-plan": plan.id, "data-metric": metric.name, "data-value": value[0] };
      if (k === 0) return element("td", attributes, minus(value[3]), element("span", { class: "interval" }, value[4]));
      const sure = change[1] !== null && (change[1] > 0 || change[2] < 0);
      const good = metric.better === "neutral" || !sure ? 0 : (change[0] > 0) === (metric.better === "higher") ? 1 : -1;
      attributes.class = good > 0 ? "better" : good < 0 ? "worse" : undefined;
      attributes["data-difference"] = change[0];
      const same = change[0] === 0;
      const mark = !same && change[1] !== null && !sure ? " ~" : good > 0 ? " better" : good < 0 ? " worse" : "";
      return element("td", attributes, minus(value[3]), element("span", { class: "interval" }, same ? "no change" : `${minus(change[3])} ${change[4]}${mark}`));
    })]);
  if (compared && chosen.group === 0) {
    const extra = (label, key) => [label, ...plans.map((_, k) => (k === 0 ? "-" : data.money[k][key]))];
    rows.push(extra("Return on investment", "roi_text"), extra("Payback", "payback_text"), extra("Investment per extra customer kept", "per_extra_customer"));
  }
  const words = compared ? `${whom()}: figures at the horizon; below each, the difference to the baseline with its 95 % interval` : `${whom()}: figures at the horizon with 95 % intervals`;
  section("plans-table").replaceChildren(table(words[0].toUpperCase() + words.slice(1), head, rows));
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
        option: whisker(name, list, metrics[m].kind, list.map((_, k) => hue(k + 1))),
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
    grid: { left: 8, right: 20, top: 62, bottom: 30, containLabel: true },
    legend: { data: list.map(({ name }) => name) },
    tooltip: { trigger: "axis", formatter: (all) => [`${days(all[0].value[0])} ${timeName}`, ...all.filter((one) => !["low", "high"].includes(one.seriesName)).map((one) => `${one.seriesName}: ${one.value[1] === null || one.value[1] === undefined ? "-" : format(one.value[1])}`)].join("\n") },
    xAxis: { type: "value", min: 0, max: x[x.length - 1], name: xName, nameLocation: "middle", nameGap: 26, interval: timeName === "months" ? month * (data.horizon > 1500 ? 12 : data.horizon > 700 ? 3 : 1) : undefined, splitLine: { show: false }, axisLabel: { formatter: days, hideOverlap: true } },
    yAxis: { type: "value", name: yName, nameTextStyle: { align: "left" }, ...axis, axisLabel: { formatter: (v) => minus((+v.toPrecision(6)).toString()), ...axis.axisLabel } },
    series,
  };
};
const curveTable = (caption, first, x, list, format) =>
  table(caption, [first, ...list.map(({ name }) => name)], every(x.map((d, i) => [days(d), ...list.map(({ mean }) => (mean[i] === null ? "-" : format(mean[i])))]), 13));
const lastOf = (list) => list.filter((v) => v !== null).at(-1) ?? null;

const retention = () => {
  new Chart(grid(section("retention-charts"), true), "Buyers still customers, by time since their purchase", () => {
    const list = plans.map((plan, k) => ({ name: plan.name, k, ...data.survival.curve[curveGroup()][k] }));
    const x = data.survival.days.filter((_, i) => list.some(({ mean }) => mean[i] !== null));
    return {
      option: curves(x, list.map((one) => ({ ...one, mean: one.mean.slice(0, x.length), low: one.low.slice(0, x.length), high: one.high.slice(0, x.length) })), (v) => percent(v), `${timeName} since the purchase`, "% of buyers", { max: 1, scale: true, axisLabel: { formatter: axisText.share } }),
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
        grid: { left: 8, right: 20, top: 56, bottom: 30, containLabel: true },
        legend: { data: parts.map(([, label]) => label) },
        tooltip: { trigger: "axis", formatter: (all) => [`${days(all[0].value[0])} ${timeName}`, ...all.map((one) => `${one.seriesName}: ${percent(one.value[1])}`).reverse()].join("\n") },
        xAxis: { type: "value", min: 0, max: data.time.at(-1), name: `${timeName} since the start`, nameLocation: "middle", nameGap: 26, interval: timeName === "months" ? month * (data.horizon > 1500 ? 12 : data.horizon > 700 ? 3 : 1) : undefined, splitLine: { show: false }, axisLabel: { formatter: days, hideOverlap: true } },
        yAxis: { type: "value", max: 1, name: "% of all who arrived", nameTextStyle: { align: "left" }, axisLabel: { formatter: axisText.share } },
        series: parts.map(([name, label, colour]) => ({ name: label, type: "line", stack: "people", symbol: "none", data: of(name).map((y, i) => [data.time[i], y]), itemStyle: { color: colour }, lineStyle: { width: 1.5, color: paper }, areaStyle: { color: colour, opacity: 0.88 } })),
      },
      words: `${plans[chosen.plan].name}, ${curveWhom()}. At the horizon: ${parts.map(([name, label]) => `${label.toLowerCase()} ${percent(lastOf(of(name)))}`).join(", ")}; ever bought ${percent(lastOf(of("bought")))}.`,
      table: table("Shares of all who arrived", [timeName, ...parts.map(([, label]) => label), "Ever bought"], every(data.time.map((d, i) => [days(d), ...parts.map(([name]) => percent(of(name)[i])), percent(of("bought")[i])]), 13)),
    };
  });
};

// ---- the flow between stages
const flow = () => {
  new Chart(grid(section("flow-charts"), true), "From stage to stage", () => {
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
          type: "sankey", left: 8, right: 150, top: 12, bottom: 12, nodeWidth: 16, nodeGap: 14, draggable: false, layoutIterations: 64, emphasis: { focus: "adjacency" },
          data: names.map((name) => ({ name, itemStyle: { color: paint(name), borderWidth: 0 } })),
          links: shown.map(([source, target, value]) => ({ source, target, value, lineStyle: { color: paint(target), opacity: 0.36 } })),
          label: { color: ink, fontSize: 12, textBorderColor: look().paper, textBorderWidth: 3, formatter: ({ name }) => `${name} ${percent(through(name) / arrived, 0)}` },
        }],
      },
      words: `${plans[chosen.plan].name}, ${whom()}: net flows up to the horizon, in % of those who arrived. Those who move back and forth count once.`,
      table: table("Net flows, in % of those who arrived", ["From", "To", "Share", "Simulated people"], links.map(([from, to, people]) => [from, element("td", { class: "words" }, to), percent(people / arrived), Math.round(people).toLocaleString("en")])),
    };
  }, "tall");
};

// ---- the journey map and its touchpoints
const journey = () => {
  const maps = [...document.querySelectorAll(".map svg")];
  const own = maps.find((map) => map.dataset.plan === plans[chosen.plan].id);
  for (const map of maps) map.toggleAttribute("hidden", map !== (own ?? maps[0]));
  const note = section("map-note");
  if (note) note.textContent = own || !maps.length ? "" : `The map of ${plans[chosen.plan].name} would make this page too large; shown is that of ${plans[0].name}.`;
  const { names, columns, cells } = data.touchpoints;
  const used = columns.map((column, c) => [column, c]).filter(([column]) => column.used);
  const labels = { visits: "Visits per person", repeats: "Repeats per person", quality: "Quality", satisfaction: "Satisfaction", effort: "Effort", wait_days: "Wait", gave_up: "Gave up" };
  const rows = names.map((name, v) => [name, v]).filter(([name]) => !name.end).map(([name, v]) => [
    name.name, element("td", { class: "words" }, [name.stage, name.channel, name.team].filter(Boolean).join(", ")),
    ...used.map(([column, c]) => element("td", { "data-touchpoint": name.id, "data-metric": column.name, "data-value": cells[chosen.plan][v][c][0] }, cells[chosen.plan][v][c][3]))]);
  section("touchpoint-table").replaceChildren(table(`${plans[chosen.plan].name}, all customers: every touchpoint`, ["Touchpoint", "Stage, channel, team", ...used.map(([column]) => element("th", { scope: "col", title: column.about }, labels[column.name] ?? column.name))], rows));
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
    return {
      option: {
        grid: { left: 8, right: 16, top: 30, bottom: 14, containLabel: true },
        tooltip: { trigger: "item", formatter: (at) => `${bars[at.dataIndex].name}: ${sign(bars[at.dataIndex].value)} ${currency}` },
        xAxis: { type: "category", data: bars.map(({ name }) => name), axisLabel: { interval: 0, color: ink, width: 64, overflow: "break", lineHeight: 14, fontSize: 11 } },
        yAxis: { type: "value", name: currency, axisLabel: { formatter: axisText.money } },
        series: [{
          type: "custom", encode: { x: 0, y: [1, 2] }, data: bars.map((bar, i) => [i, bar.from, bar.to]),
          renderItem: (_, api) => {
            const i = api.value(0), bar = bars[i];
            const [x, y1] = api.coord([i, bar.from]), y2 = api.coord([i, bar.to])[1];
            const width = api.size([1, 0])[0] * 0.62, top = Math.min(y1, y2);
            const next = i + 1 < bars.length ? api.coord([i + 1, bar.to])[0] - width / 2 : x + width / 2;
            return { type: "group", children: [
              { type: "line", shape: { x1: x + width / 2, y1: y2, x2: next, y2 }, style: { stroke: soft, lineDash: [3, 3] } },
              { type: "rect", shape: { x: x - width / 2, y: top, width, height: Math.max(1, Math.abs(y1 - y2)) }, style: { fill: paint(bar) } },
              { type: "text", style: { x, y: top - 16, text: sign(bar.value), fill: ink, fontSize: 12, textAlign: "center" } },
            ] };
          },
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
      words: `Cumulative revenue - cost to serve - investment${compared ? ", difference to the baseline" : ""}, undiscounted. ${compared ? "A plan has paid back where its line stays above 0: " + plans.slice(1).map((plan, k) => `${plan.name} ${data.money[k + 1].payback_text}`).join(", ") + "." : ""}`,
      table: curveTable(`Cumulative, ${currency}`, timeName, data.time, list, short),
    };
  });
};

// ---- by persona
const personas = () => {
  if (groups.length < 2) return section("personas").remove();
  const box = grid(section("persona-charts"));
  const people = groups.slice(1);
  for (const name of ["retained", "nps", "clv"]) {
    const m = position[name];
    new Chart(box, `${metrics[m].label}${compared ? ", difference to the baseline" : ""}`, () => {
      const source = chosen.plan > 0 ? data.differences : data.values;
      const list = people.map((one, g) => [one.name, source[g + 1][chosen.plan][m]]);
      if (list.every(([, e]) => e[0] === null)) return null;
      const option = whisker(name, list, metrics[m].kind, list.map((_, g) => (g + 1 === chosen.group || chosen.group === 0 ? hue(chosen.plan) : look().soft)));
      if (chosen.plan === 0) { option.xAxis.scale = true; option.xAxis.name = unitOf[metrics[m].kind]; delete option.series[0].markLine; }
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
      return { option: curves(data.time, list, (v) => `${plain(v)} ${hours[1]}`, `${timeName} since the start`, hours[1]), words: `At the horizon: ${list.map(({ name, mean }) => `${name} ${plain(lastOf(mean))} ${hours[1]}`).join(", ")}.`, table: curveTable(`Wait, ${hours[1]}`, timeName, data.time, list, (v) => plain(v, 3)) };
    });
  }
  for (const [key, label] of data.heard ? [["positive", "Good word heard"], ["negative", "Bad word heard"]] : []) {
    new Chart(parent, `${label} so far, per person`, () => {
      const list = listed((k) => data.heard[key][k]);
      return { option: curves(data.time, list, (v) => plain(v, 3), `${timeName} since the start`, "messages per person"), words: `All customers. At the horizon: ${list.map(({ name, mean }) => `${name} ${plain(lastOf(mean), 3)}`).join(", ")}.`, table: curveTable("Messages heard per person", timeName, data.time, list, (v) => plain(v, 3)) };
    });
  }
  for (const [s, name] of (data.accounts?.names ?? []).entries()) {
    new Chart(parent, `Accounts that are customers: ${name}`, () => {
      const share = (k) => data.accounts.customers[k][s].map((v, i) => (data.accounts.arrived[k][s].at(-1) > 0 ? v / data.accounts.arrived[k][s].at(-1) : null));
      const list = listed(share);
      return { option: curves(data.time, list, (v) => percent(v), `${timeName} since the start`, "% of accounts", { axisLabel: { formatter: axisText.share } }), words: `Share of all accounts that arrived. At the horizon: ${list.map(({ name: plan, mean }) => `${plan} ${percent(lastOf(mean))}`).join(", ")}.`, table: curveTable("Accounts of which somebody is a customer", timeName, data.time, list, (v) => percent(v)) };
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
side();
retention();
funnel();
promoters();
flow();
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
