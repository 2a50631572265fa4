// Curves over time: now, and "before" as a ghost.
import { use } from "echarts/core";
import { LineChart } from "echarts/charts";
import { every, section, table } from "../../page/assets/elements.js";
import { joined, month } from "../../page/assets/figures.js";
import { Chart } from "../../page/assets/frame.js";
import { look, tone } from "../../page/assets/look.js";
import { axisFigure, currency, figure, grid, headline, knobFigure, knobs, metrics } from "./start.js";
import { knobValue } from "./state.js";
import { cell } from "./ask.js";

use([LineChart]);
const shown = [];
let answer = null, state = null, at = null;

const inMonths = (days) => days.at(-1) > 100;
const unit = (kind) => ({ share: "%", money: currency })[kind] ?? "";
const across = { type: "value", nameLocation: "middle", nameGap: 22, splitLine: { show: false } };
const upwards = (metric, scale) => ({ type: "value", scale, name: unit(metric.kind), splitNumber: 4, nameTextStyle: { align: "left" }, axisLabel: { formatter: (value) => axisFigure(metric, value) } });
const ghost = () => ({ lineStyle: { color: look().baseline, width: 2, type: [5, 4] }, itemStyle: { color: look().baseline }, z: 4 });
const unseen = { stack: "band", stackStrategy: "all", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false }, z: 1 };
const line = (name, x, y, style) => ({ name, type: "line", symbol: "none", data: x.map((day, i) => [day, y[i]]), connectNulls: false, ...style });
const overTime = (c) => () => {
  const curve = answer?.series?.curves[c];
  if (!curve || !curve.now.some((value) => value !== null)) return null;
  const { days } = answer.series, months = inMonths(days), { soft } = look();
  const time = (day) => (months ? (day / month).toFixed(0) : String(+day.toFixed(1)));
  const metric = { ...curve };
  const last = (list) => list.filter((value) => value !== null).at(-1) ?? null;
  const same = curve.before.every((value, i) => value === curve.now[i]);
  const every13 = every(days.map((day, i) => [time(day), figure(metric, curve.before[i]), figure(metric, curve.now[i])]), 13);
  return {
    option: {
      grid: { left: 4, right: 14, top: 28, bottom: 26, containLabel: true },
      tooltip: { trigger: "axis", formatter: (points) => `${time(points[0].axisValue)} ${months ? "months" : "days"}\n` + points.map((one) => `${one.seriesName}: ${figure(metric, one.value[1])}`).join("\n") },
      xAxis: { ...across, min: 0, max: days.at(-1), name: months ? "months" : "days", interval: months ? month * Math.max(1, Math.ceil(days.at(-1) / month / 6)) : undefined,
        axisLabel: { formatter: time, hideOverlap: true } },
      yAxis: upwards(metric, curve.kind !== "share"),
      series: [
        line("before", days, curve.before, ghost()),
        line("now", days, curve.now, { lineStyle: { color: tone(0), width: 3 }, itemStyle: { color: tone(0) }, z: 5,
          markLine: at === null ? undefined : { silent: true, symbol: "none", animation: false, label: { show: false }, lineStyle: { color: soft, type: "solid", width: 1 }, data: [{ xAxis: at }] } })],
    },
    legend: [{ name: "now", colour: tone(0), dash: "solid" }, { name: "before", colour: look().baseline, dash: [5, 4] }],
    words: joined(same ? `At the end ${figure(metric, last(curve.now))}.` : `At the end ${figure(metric, last(curve.now))}, before ${figure(metric, last(curve.before))}.`),
    table: table(`${curve.title} over time`, [months ? "Month" : "Day", "Before", "Now"], every13),
  };
};

// ---- of a grid: one figure along one slider, all else as chosen
const alongKnob = (k, m) => () => {
  const knob = knobs[k], metric = metrics[m];
  const points = knob.values.map((value) => {
    const there = { ...state, knobs: { ...state.knobs, [knob.key]: value } }, found = cell(there, state.plan), base = cell(there, 0);
    return { value, now: found?.values?.[m] ?? null, before: state.plan > 0 ? base?.values?.[m] ?? null : null };
  });
  if (points.filter(({ now }) => now).length < 2) return null;
  const here = knobValue(state, knob), list = (key, i) => points.map((one) => one[key]?.[i] ?? null);
  const x = points.map(({ value }) => value);
  const name = grid.plans[state.plan]?.name ?? "now";
  const band = list("now", 1).some((value) => value !== null)
    ? [line("low", x, list("now", 1), unseen),
      line("high", x, list("now", 2).map((high, i) => (high === null ? null : high - list("now", 1)[i])), { ...unseen, areaStyle: { color: tone(0), opacity: 0.18 } })] : [];
  return {
    option: {
      grid: { left: 4, right: 18, top: 28, bottom: 26, containLabel: true },
      tooltip: { trigger: "axis", formatter: (at) => [knobFigure(knob, at[0].axisValue), ...at.filter(({ seriesName }) => !["low", "high"].includes(seriesName)).map((one) => `${one.seriesName}: ${figure(metric, one.value[1])}`)].join("\n") },
      xAxis: { ...across, min: x[0], max: x.at(-1), name: knob.name, axisTick: { customValues: x }, axisLabel: { customValues: x, formatter: (value) => knobFigure(knob, value), hideOverlap: true } },
      yAxis: upwards(metric, true),
      series: [...band, ...(state.plan > 0 ? [line(grid.plans[0].name, x, list("before", 0), ghost())] : []),
        line(name, x, list("now", 0), { symbol: "circle", symbolSize: (_, { dataIndex }) => (x[dataIndex] === here ? 11 : 5), showAllSymbol: true, lineStyle: { color: tone(0), width: 2.5 }, itemStyle: { color: tone(0) }, z: 5 })],
    },
    legend: [{ name, colour: tone(0), dash: "solid" }, ...(state.plan > 0 ? [{ name: grid.plans[0].name, colour: look().baseline, dash: [5, 4] }] : [])],
    words: joined(`At ${knobFigure(knob, here)}: ${figure(metric, points.find(({ value }) => value === here)?.now?.[0])}. Between the points nothing was computed.`),
    table: table(`${metric.title} along ${knob.name}`, [knob.name, ...(state.plan > 0 ? [grid.plans[0].name] : []), name], points.map(({ value, now, before }) => [knobFigure(knob, value), ...(state.plan > 0 ? [figure(metric, before?.[0])] : []), figure(metric, now?.[0])])),
  };
};

export const startCurves = () => {
  const box = section("curves");
  if (grid) {
    section("over-time-title").textContent = "Along each slider";
    for (const [k, knob] of knobs.entries()) {
      if (knob.values.length < 2) continue;
      // What decides between plans; the other figures stand in the table.
      const [metric, m] = headline.find(([{ name }]) => name === grid.goal) ?? headline[0] ?? [metrics[0], 0];
      shown.push(new Chart(box, `${metric.title}, by ${knob.name}`, alongKnob(k, m), "small"));
    }
  }
};
export const showCurves = (told, of) => {
  answer = told;
  state = of;
  if (!grid) {
    for (const [c, curve] of (answer.series?.curves ?? []).entries()) {
      if (!shown[c]) shown.push(new Chart(section("curves"), curve.title, overTime(c), "small"));
    }
  }
  section("over-time").hidden = shown.length === 0;
  for (const chart of shown) chart.show();
};
export const redrawCurves = () => { if (answer) for (const chart of shown) chart.show(); };
export const resizeCurves = () => { for (const { chart } of shown) chart?.resize(); };
export const markDay = (day) => {
  at = day;
  redrawCurves();
};
