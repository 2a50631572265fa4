// What to do: what is worth fixing, what a budget buys, and the money.
import { Chart, curveTable, curves, halo, lastOf, lineLegend, nameAxis, unsure } from "./chart.js";
import { chosen, compared, currency, data, differenceOf, metrics, plans, position } from "./data.js";
import { element, grid, section, table } from "./elements.js";
import { look, marks, printing, tone } from "./look.js";
import { axisText, differenceUnit, minus, percent, plain, short, timeName, unit } from "./words.js";

// ---- what is worth fixing
export const tornado = () => {
  if (!data.leverage) return;
  const { rows, weakest, worth_fixing: worth, leader, plan, precision } = data.leverage;
  const shown = rows.filter((one) => one.shift);
  const label = (one) => one.name + (one.id === weakest ? " (weakest)" : "") + (one.id === worth ? " (worth fixing)" : one.id === leader ? " (largest gain seen, may be chance)" : "") + (one.ours ? "" : " *");
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
      const low = Math.min(0, ...ends), high = Math.max(0, ...ends), needed = name === "npv" && width > 480 ? 150 : 62;
      const room = (high - low) * needed / Math.max(40, Math.max(90, width - 175) - needed);
      const most = shown.filter((one) => one.ours).reduce((best, one) => (best === null || one[name][0] > best[name][0] ? one : best), null);
      return {
        title: most && most[name][0] > 0 ? `largest gain seen at ${most.name}, ${minus(most[name][3])}${most.id === worth ? "" : ", which may be chance"}` : "no gain is seen",
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
        yAxis: { type: "value", name: `worth of the best step, ${currency}`, nameTextStyle: { align: "left" }, splitNumber: printing ? 2 : 5, axisLabel: { formatter: axisText.money } },
        series: [{
          type: "scatter", symbolSize: (_, at) => 9 + 16 * Math.sqrt(shown[at.dataIndex].reach ?? 0.1),
          data: shown.map((one) => ({ value: [one.score, one.npv[0]], label: { position: one.score > 0.55 || one.id === weakest && one.score > 0.2 ? "left" : "right" }, symbol: one.id === worth ? "diamond" : one.id === weakest ? "triangle" : "circle", itemStyle: { color: paint(one), opacity: 0.9 } })),
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
export const budget = () => {
  if (!data.frontier) return;
  const { points, choices, budget: limit, budget_text: limitText, precision, tried, shown, goal, goal_kind: kind, by_worth: byWorth } = data.frontier;
  const gained = byWorth ? [] : [goal];
  new Chart(grid(section("budget-charts"), true), "Cost against gain", () => {
    const { ink, soft } = look();
    const best = points.filter((one) => one.allowed).length - 1;
    const most = Math.max(...choices.map(([cost]) => cost), limit ?? 0);
    return {
      title: best > 0 ? `${limit === null ? "" : `within ${limitText}, `}number ${best + 1} gains most, ${minus(points[best].gain[3])} for ${points[best].cost[1]}${shown ? "" : ", which may be chance"}` : "nothing gains more than buying nothing",
      option: {
        grid: { left: 8, right: 30, top: 56, bottom: 34, containLabel: true },
        tooltip: { trigger: "item", formatter: (at) => (at.seriesIndex === 0 ? `${choices[at.dataIndex][2] || "Nothing"}\ncosts ${short(choices[at.dataIndex][0])}, gains ${short(choices[at.dataIndex][1])}` : `${at.dataIndex + 1}: ${points[at.dataIndex].name}\ncosts ${points[at.dataIndex].cost[1]}, gains ${minus(points[at.dataIndex].gain[3])} ${points[at.dataIndex].gain[4]}`) },
        xAxis: { type: "value", name: `investment up to the horizon, ${currency}`, nameLocation: "middle", nameGap: 28, min: 0, max: most * 1.05 || undefined, axisLabel: { formatter: axisText.money, hideOverlap: true, showMaxLabel: false } },
        yAxis: { type: "value", name: byWorth ? `net present value over the baseline, ${currency}` : `${goal}, over the baseline`, nameGap: 36, nameTextStyle: { align: "left" }, axisLabel: { formatter: axisText[kind] } },
        series: [
          { type: "scatter", data: choices.map(([cost, gain]) => [cost, gain]), symbolSize: 6, itemStyle: { color: soft, opacity: 0.55 } },
          {
            type: "line", step: "end", data: points.map((one, i) => ({ value: [one.cost[0], one.gain[0]], symbol: i === best ? "diamond" : "circle", symbolSize: i === best ? 20 : 12 })),
            lineStyle: { color: tone(0), width: 2 }, itemStyle: { color: tone(0) }, showAllSymbol: true,
            label: { show: true, position: "top", distance: 7, color: ink, fontSize: 13, fontWeight: "bold", textBorderColor: look().paper, textBorderWidth: 3, formatter: (at) => `${at.dataIndex + 1}` },
            markLine: limit === null ? undefined : { silent: true, symbol: "none", lineStyle: { color: tone(1), width: 2, type: [6, 4] }, label: { color: ink, formatter: `budget ${limitText}`, position: "end", rotate: 0, align: limit > 0.3 * most ? "right" : "left" }, data: [{ xAxis: limit }] },
          },
        ],
      },
      legend: [{ name: "best for what it costs, numbered as in the table", colour: tone(0), dash: "solid", mark: "circle" }, { name: limit === null ? "best of all, underlined" : "best within the budget, underlined", colour: tone(0), mark: "diamond" }, { name: "other choices", colour: soft, mark: "circle" }],
      words: `${tried} choices tried, those shown with ${precision}. Intervals in the table are of each choice by itself; those above allow for having chosen the best. ${limit === null ? "" : `The budget of ${limitText} buys number ${best + 1}: ${points[best]?.name ?? "nothing"}.`}`,
      table: table("Best for what it costs", ["", element("th", { scope: "col", class: "words" }, "Buys"), "Costs", ...gained, "Net present value", "Retained"], points.map((one, i) => [element("th", { scope: "row", class: i === best ? "chosen" : undefined }, `${i + 1}`), element("td", { class: "words" }, one.name), one.cost[1], ...gained.map(() => element("td", {}, minus(one.gain[3]), element("span", { class: "interval" }, one.gain[4]))), element("td", { "data-frontier": i, "data-value": one.npv[0] }, minus(one.npv[3]), element("span", { class: "interval" }, one.npv[4])), element("td", {}, minus(one.retained[3]), element("span", { class: "interval" }, one.retained[4]))])),
    };
  }, "tall", "beside");
};

// ---- money
export const waterfall = () => {
  const box = grid(section("money-charts"));
  new Chart(box, "From revenue to net present value", () => {
    const k = chosen.plan, base = data.money[0];
    const of = (key) => data.money[k][key] - (k > 0 ? base[key] : 0);
    const undiscounted = of("revenue") - of("cost_to_serve") - of("investment");
    const steps = [["Revenue", of("revenue")], [of("staff_cost") === 0 ? "Cost to serve" : "Cost of visits and stays", of("staff_cost") - of("cost_to_serve")], ["Servers of pools", -of("staff_cost")], ["Investment", -of("investment")], ["Discount", of("npv") - undiscounted], ["Net present value", of("npv"), true]].filter(([name, value]) => value !== 0 || !["Servers of pools", "Investment", "Discount"].includes(name));
    let sum = 0;
    const bars = steps.map(([name, value, total]) => {
      const from = total ? 0 : sum;
      sum = total ? value : sum + value;
      return { name, value, from, to: sum, total };
    });
    const { ink, soft } = look();
    const net = bars.at(-1).value;
    const paint = (bar) => (bar.total ? "#0072b2" : bar.value < 0 ? "#d55e00" : "#009e73");
    const sign = (value) => (k > 0 && value > 0 ? "+" : "") + short(value);
    const ends = bars.flatMap(({ from, to }) => [from, to]), low = Math.min(0, ...ends), high = Math.max(0, ...ends);
    return {
      title: k > 0 ? `${plans[k].name} ${net > 0 ? "gains" : "loses"} ${short(Math.abs(net))}${unsure(differenceOf(0, k, position.npv) ?? [0]) ? ", which may be chance" : ""}` : `${short(net)} are left`,
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
    const back = plans.filter((_, k) => k > 0 && data.money[k].payback_days !== null);
    return {
      title: !compared ? `${short(lastOf(data.money[0].cash))} after ${data.horizon_text}` : back.length ? `within the horizon for ${back.map(({ name }) => name).join(", ")}` : "not within the horizon",
      option: curves(data.time, list, (v) => short(v), `${timeName} since the start`, currency, { axisLabel: { formatter: axisText.money } }),
      legend: lineLegend(list),
      words: `Revenue − cost to serve − investment so far${compared ? ", difference to the baseline" : ""}, discounted as net present value is, in which it ends. ${compared ? "A plan has paid back where its line stays above 0: " + plans.slice(1).map((plan, k) => `${plan.name} ${data.money[k + 1].payback_text}`).join(", ") + "." : ""}`,
      table: curveTable(`Cumulative, ${currency}`, timeName, data.time, list, short),
    };
  });
};
