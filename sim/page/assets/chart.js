// The options that the report's charts share.
import { use } from "echarts/core";
import { BarChart, CustomChart, LineChart, SankeyChart, ScatterChart } from "echarts/charts";
import { LabelLayout } from "echarts/features";
import { chosen, data, hue, listNames } from "./data.js";
import { every, table } from "./elements.js";
import { dashes, look, marks, printing } from "./look.js";
import { axisText, days, differenceUnit, minus, month, timeName, unit } from "./words.js";

export { Chart, charts } from "./frame.js";
use([BarChart, CustomChart, LineChart, SankeyChart, ScatterChart, LabelLayout]);

export const halo = () => ({ stroke: look().paper, lineWidth: 3 });
export const nameAxis = (names) => ({ type: "category", data: names, inverse: true, axisTick: { show: false }, splitLine: { show: false }, axisLabel: { color: look().ink, width: 132, overflow: "break", lineHeight: 14, interval: 0 } });
/** `differences`: to the baseline; what may be chance is then marked. */
export const whisker = (name, list, metric, colours, differences = true) => {
  const kind = metric.kind;
  const { soft, ink } = look();
  const names = list.map(([label]) => label);
  const format = axisText[kind] || ((v) => minus((+v.toPrecision(3)).toString()));
  return {
    grid: { left: 8, right: 24, top: 14, bottom: 28, containLabel: true },
    xAxis: { type: "value", name: unit(metric, differenceUnit), nameLocation: "middle", nameGap: 26, splitNumber: 4, scale: false, axisLabel: { formatter: format, hideOverlap: true } },
    yAxis: nameAxis(names),
    tooltip: { trigger: "item", formatter: (at) => `${names[at.dataIndex]}\n${minus(list[at.dataIndex][1][3])} ${list[at.dataIndex][1][4]}${differences ? mark(list[at.dataIndex][1]) : ""}` },
    series: [{
      type: "custom",
      name,
      data: list.map(([, e], i) => [e[0], e[1] ?? e[0], e[2] ?? e[0], i]),
      encode: { x: [0, 1, 2], y: 3 },
      renderItem: (_, api) => {
        const i = api.value(3);
        const [x, y] = api.coord([api.value(0), i]);
        const low = api.coord([api.value(1), i])[0], high = api.coord([api.value(2), i])[0];
        const colour = colours[i], text = minus(list[i][1][3]) + (differences ? mark(list[i][1]) : "");
        // Above its mark, or beside it where rows are low.
        const above = api.size([0, 1])[1] >= 40, right = Math.max(high, x) + 10 + 7 * text.length < api.getWidth();
        const place = above ? { x, y: y - 21, textAlign: "center" } : { x: right ? Math.max(high, x) + 9 : Math.min(low, x) - 9, y: y - 6, textAlign: right ? "left" : "right" };
        return { type: "group", children: [
          { type: "line", shape: { x1: low, y1: y, x2: high, y2: y }, style: { stroke: colour, lineWidth: 4 } },
          ...[low, high].map((end) => ({ type: "line", shape: { x1: end, y1: y - 7, x2: end, y2: y + 7 }, style: { stroke: colour, lineWidth: 2 } })),
          { type: "circle", shape: { cx: x, cy: y, r: 6 }, style: { fill: colour } },
          { type: "text", style: { ...place, text, fill: ink, fontSize: 12, ...halo() } },
        ] };
      },
      markLine: { silent: true, z: 0, symbol: "none", label: { show: false }, lineStyle: { color: soft, type: "solid", width: 1.5 }, data: [{ xAxis: 0 }] },
      clip: false,
    }],
  };
};
/** Whether a difference is not told from chance; ~ marks it in tables and on charts. */
export const unsure = (e) => e[1] !== null && e[0] !== 0 && !e[5];
export const mark = (e) => (unsure(e) ? " ~" : "");
/** What differences of plans, entries of a name and an estimate, come to; `named` are the plans that are shown to be the highest: none where chance may have put one first, undefined where that is not known. */
export const takeaway = (list, named) => {
  const [name, e] = list.reduce((best, one) => (one[1][0] > best[1][0] ? one : best));
  const shown = e[5] || e[0] === 0;
  if (list.length === 1) return `${e[0] === 0 ? "no change" : minus(e[3])}${shown ? "" : ", which may be chance"}`;
  if (!e[5] || e[0] <= 0) return "no plan is shown to raise it";
  if (named === undefined) return `largest rise seen under ${name}, ${minus(e[3])}`;
  return named.includes(name) ? `highest under ${listNames(named)}, ${minus(e[3])}` : `raised under ${name}, ${minus(e[3])}; which plan is highest may be chance`;
};
const settled = (e) => e[0] === 0 ? "no change" : e[1] === null ? "" : !e[5] ? "which may be chance" : e[0] > 0 ? "above the baseline" : "below the baseline";
/** An estimate in words, with what it comes to where it is a difference from the baseline. */
export const inWords = (label, e, difference) => [`${label} ${minus(e[3])}${e[4] ? " " + e[4] : ""}`, difference ? settled(e) : ""].filter(Boolean).join(", ");

// ---- curves of all plans, with bands
/** `shown`: the numbers of the plans that the curves are of. */
export const curves = (x, list, format, xName, yName, axis = {}, shown = list.map(({ k }) => k)) => {
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
  // Of what begins, that which happens under one of the plans shown.
  const here = (of) => of === null || of.some((k) => shown.includes(k));
  const moments = data.moments.filter(({ day, of }) => xName.endsWith("since the start") && day > 0 && day < x.at(-1) && here(of))
    .map(({ day, names }) => ({ day, names: names.filter(({ of }) => here(of)).map(({ name }) => name) }));
  if (moments.length) {
    const { soft, ink } = look();
    series.push({ type: "line", name: "moments", data: [], markLine: { silent: true, symbol: "none", lineStyle: { color: soft, type: [2, 4], width: 1.2 }, label: { color: ink, fontSize: 10.5, position: "insideEndTop", width: printing ? 104 : 240, overflow: "truncate", formatter: ({ name }) => name, ...{ textBorderColor: look().paper, textBorderWidth: 3 } }, data: moments.map(({ day, names }) => ({ xAxis: day, name: names.length > 2 ? `${names.length} changes begin` : names.join(", ") })) } });
  }
  return {
    grid: { left: 8, right: 20, top: 32, bottom: 30, containLabel: true },
    tooltip: { trigger: "axis", formatter: (all) => [`${days(all[0].value[0])} ${timeName}`, ...all.filter((one) => !["low", "high", "moments"].includes(one.seriesName)).map((one) => `${one.seriesName}: ${one.value[1] === null || one.value[1] === undefined ? "-" : format(one.value[1])}`)].join("\n") },
    xAxis: { type: "value", min: 0, max: x[x.length - 1], name: xName, nameLocation: "middle", nameGap: 26, interval: timeName === "months" ? month * (data.horizon > 1500 ? 12 : data.horizon > 700 ? 3 : 1) : undefined, splitLine: { show: false }, axisLabel: { formatter: days, hideOverlap: true } },
    yAxis: { type: "value", name: yName, nameTextStyle: { align: "left" }, ...axis, axisLabel: { formatter: (v) => minus((+v.toPrecision(6)).toString()), ...axis.axisLabel } },
    series,
  };
};
export const lineLegend = (list) => list.map(({ name, k }) => ({ name, colour: hue(k), dash: dashes[k % dashes.length], mark: marks[k % marks.length] }));
export const curveTable = (caption, first, x, list, format) =>
  table(caption, [first, ...list.map(({ name }) => name)], every(x.map((d, i) => [days(d), ...list.map(({ mean }) => (mean[i] === null ? "-" : format(mean[i])))]), 13));
export const lastOf = (list) => list.filter((v) => v !== null).at(-1) ?? null;
