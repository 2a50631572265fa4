// Curves over time: now, and "before" as a ghost.
import { use } from "echarts/core";
import { LineChart } from "echarts/charts";
import { element, every, section, table } from "../../page/assets/elements.js";
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
      xAxis: { type: "value", min: 0, max: days.at(-1), name: months ? "months" : "days", nameLocation: "middle", nameGap: 22, interval: months ? month * Math.max(1, Math.ceil(days.at(-1) / month / 6)) : undefined, splitLine: { show: false }, axisLabel: { formatter: time, hideOverlap: true } },
      yAxis: { type: "value", scale: curve.kind !== "share" || undefined, name: unit(curve.kind), splitNumber: 4, nameTextStyle: { align: "left" }, axisLabel: { formatter: (value) => axisFigure(metric, value) } },
      series: [
        line("before", days, curve.before, { lineStyle: { color: look().baseline, width: 2, type: [5, 4] }, itemStyle: { color: look().baseline }, z: 4 }),
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
    const found = cell({ ...state, knobs: { ...state.knobs, [knob.key]: value } }, state.plan), base = cell({ ...state, knobs: { ...state.knobs, [knob.key]: value } }, 0);
    return { value, now: found?.values?.[m] ?? null, before: state.plan > 0 ? base?.values?.[m] ?? null : null };
  });
  if (points.filter(({ now }) => now).length < 2) return null;
  const here = knobValue(state, knob), list = (key, i) => points.map((one) => one[key]?.[i] ?? null);
  const x = points.map(({ value }) => value);
  const name = grid.plans[state.plan]?.name ?? "now";
  const band = list("now", 1).some((value) => value !== null)
    ? [line("low", x, list("now", 1), { stack: "band", stackStrategy: "all", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false }, z: 1 }),
      line("high", x, list("now", 2).map((high, i) => (high === null ? null : high - list("now", 1)[i])), { stack: "band", stackStrategy: "all", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false }, areaStyle: { color: tone(0), opacity: 0.18 }, z: 1 })] : [];
  return {
    option: {
      grid: { left: 4, right: 18, top: 28, bottom: 26, containLabel: true },
      tooltip: { trigger: "axis", formatter: (at) => `${knobFigure(knob, at[0].axisValue)}\n` + at.filter(({ seriesName }) => seriesName !== "low" && seriesName !== "high").map((one) => `${one.seriesName}: ${figure(metric, one.value[1])}`).join("\n") },
      xAxis: { type: "value", min: x[0], max: x.at(-1), name: knob.name, nameLocation: "middle", nameGap: 22, splitLine: { show: false }, axisTick: { customValues: x }, axisLabel: { customValues: x, formatter: (value) => knobFigure(knob, value), hideOverlap: true } },
      yAxis: { type: "value", scale: true, name: unit(metric.kind), splitNumber: 4, nameTextStyle: { align: "left" }, axisLabel: { formatter: (value) => axisFigure(metric, value) } },
      series: [...band, ...(state.plan > 0 ? [line(grid.plans[0].name, x, list("before", 0), { lineStyle: { color: look().baseline, width: 2, type: [5, 4] }, itemStyle: { color: look().baseline }, z: 4 })] : []),
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
      const [metric, m] = headline[0] ?? [metrics[0], 0];
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
