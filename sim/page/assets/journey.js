// The journey: the flow between its stages, its map and touchpoints, and where fewer leave.
import { Chart, nameAxis, unsure, whisker } from "./chart.js";
import { chosen, compared, currency, data, differenceOf, hue, metrics, plans, position, whom } from "./data.js";
import { element, every, grid, section, table } from "./elements.js";
import { darkScheme, look, printing } from "./look.js";
import { axisText, minus, percent, plain } from "./words.js";

// ---- the flow between stages
export const flow = () => {
  new Chart(grid(section("flow-charts"), true), "From stage to stage", (width) => {
    const links = data.flow[chosen.group][chosen.plan];
    if (!links) return null;
    const arrived = links.filter(([from]) => from === "Arrived").reduce((sum, [, , people]) => sum + people, 0);
    if (!(arrived > 0)) return null;
    const { soft, ink } = look();
    const paint = (name) => (name === "Lost" || name === "Left" ? "#8a95a1" : name === "Churned" ? "#d55e00" : name.startsWith("Still") ? "#009e73" : name.startsWith("Back") ? "#cc79a7" : name === "Arrived" ? soft : "#56b4e9");
    const shown = links.filter(([, , people]) => people >= 0.0005 * arrived);
    const names = [...new Set(shown.flatMap(([from, to]) => [from, to]))];
    const through = (name) => Math.max(...[0, 1].map((end) => shown.filter((link) => link[end] === name).reduce((sum, link) => sum + link[2], 0)));
    const ends = ["Lost", "Churned"].filter((name) => names.includes(name)).map((name) => `${percent(through(name) / arrived, 0)} ${name.toLowerCase()}`);
    return {
      title: ends.length ? ends.join(", ") : "nobody leaves",
      option: {
        tooltip: { trigger: "item", formatter: (at) => (at.dataType === "edge" ? `${at.data.source} → ${at.data.target}: ${percent(at.data.value / arrived)}` : `${at.name}: ${percent(through(at.name) / arrived)}`) },
        series: [{
          type: "sankey", left: 8, right: 168, top: 12, bottom: 12, nodeWidth: 16, nodeGap: 14, draggable: false, layoutIterations: 64, emphasis: { focus: "adjacency" },
          data: names.map((name) => ({ name, itemStyle: { color: paint(name), borderWidth: 0 } })),
          links: shown.map(([source, target, value]) => ({ source, target, value, lineStyle: { color: paint(target), opacity: 0.36 } })),
          label: { color: ink, fontSize: width < 1000 ? 10.5 : 12, lineHeight: 13, textBorderColor: look().paper, textBorderWidth: 3, formatter: ({ name }) => `${name}${width < 1000 && !/^(Still|Back)/.test(name) ? "\n" : " "}${percent(through(name) / arrived, 0)}` },
        }],
      },
      words: `${plans[chosen.plan].name}, ${whom()}: net flows up to the horizon, in % of those who arrived. Those who move back and forth count once.`,
      table: table("Net flows, in % of those who arrived", ["From", "To", "Share", "Simulated people"], links.map(([from, to, people]) => [from, element("td", { class: "words" }, to), percent(people / arrived), Math.round(people).toLocaleString("en")])),
    };
  }, "tall wide");
};

// ---- the journey map and its touchpoints
export const journey = () => {
  const maps = [...document.querySelectorAll(".map svg")];
  const own = maps.find((map) => map.dataset.plan === plans[chosen.plan].id);
  for (const map of maps) map.toggleAttribute("hidden", map !== (own ?? maps[0]));
  section("map").querySelector(".map").classList.toggle("full", section("full-map").checked);
  const note = section("map-note");
  if (note) note.textContent = own || !maps.length ? "" : `The map of ${plans[chosen.plan].name} would make this page too large; shown is that of ${plans[0].name}.`;
  const { names, columns, cells } = data.touchpoints;
  if (!cells[chosen.plan]) {
    section("touchpoint-table").replaceChildren(element("p", { class: "note" }, `The touchpoints of ${plans[chosen.plan].name} and its flow between stages would make this page too large; the workbook of sojourn report --xlsx has the touchpoints.`));
    return;
  }
  const labels = { visits: "Visits per person", repeats: "Repeats per person", quality: "Quality", satisfaction: "Satisfaction", effort: "Effort", wait_days: "Wait", gave_up: "Gave up", solved_logged: "Logged as solved", solved_true: "Solved", matched: "Best fit", mistargeted: "Worse than none", fit: "Mean fit", wait_median: "Median wait", wait_p90: "90 % wait", wait_p95: "95 % wait", service_level: "Answered in time", turned_away: "Turned away", revenue_per_person: `Revenue per person, ${currency}`, cost_per_person: `Cost per person, ${currency}`, still_waiting: "Still waiting", utilisation: "Servers busy" };
  const levers = new Map((data.leverage?.rows ?? []).map((one) => [one.id, one]));
  const followed = [...levers.values()].some((one) => one.reach !== null); // not where customers act on one another
  const leverHead = data.leverage ? ["Best standard step", `Worth, ${currency}`, "Retained by it", ...(followed ? ["Reach"] : [])] : [];
  const lever = (id) => {
    if (!data.leverage) return [];
    const one = levers.get(id);
    if (!one?.shift) return Array(leverHead.length).fill("-");
    const cell = (key) => element("td", { "data-lever": id, "data-metric": key, "data-value": one[key][0] }, minus(one[key][3]), element("span", { class: "interval" }, `${one[key][4]}${one[key][5] || one[key][1] === null ? "" : " ~"}`));
    const roles = [one.on_purchase && `${one.on_purchase} of purchase`, one.on_retention && `${one.on_retention} of retention`].filter(Boolean).join(", ");
    return [element("td", { class: "wraps" }, minus(one.shift), element("span", { class: "interval" }, roles)), cell("npv"), cell("retained"), ...(followed ? [one.reach === null ? "-" : percent(one.reach, 0)] : [])];
  };
  const badge = (id) => (id === data.leverage?.weakest ? " (weakest)" : "") + (id === data.leverage?.worth_fixing ? " (worth fixing)" : id === data.leverage?.leader ? " (largest gain seen, may be chance)" : "");
  const figures = (name, v, queue) => columns.flatMap((column, c) => (column.queue !== queue ? [] : [element("td", { "data-touchpoint": name.id, "data-metric": column.name, "data-value": cells[chosen.plan][v][c][0] }, cells[chosen.plan][v][c][3])]));
  const heads = (queue) => columns.filter((column) => column.queue === queue).map((column) => element("th", { scope: "col", title: column.about }, labels[column.name] ?? column.name));
  const places = names.map((name, v) => [name, v]).filter(([name]) => !name.end);
  const rows = places.map(([name, v]) => [
    name.name + badge(name.id), element("td", { class: "words" }, [name.stage, name.channel, name.team].filter(Boolean).join(", ")), ...figures(name, v, false), ...lever(name.id)]);
  const queued = places.filter(([, v]) => columns.some((column, c) => column.queue && cells[chosen.plan][v][c][0] !== null)).map(([name, v]) => [name.name, ...figures(name, v, true)]);
  const queues = queued.length ? [table(`${plans[chosen.plan].name}, all customers: every queue`, ["Touchpoint", ...heads(true)], queued)] : [];
  const whole = columns.slice(0, data.channels?.cells[chosen.plan]?.[0].length ?? 0);
  const channels = data.channels ? [table(`${plans[chosen.plan].name}, all customers: every channel`, ["Channel", ...whole.map((column) => element("th", { scope: "col", title: column.about }, labels[column.name] ?? column.name))], data.channels.names.map((name, i) => [name.name,
    ...whole.map((column, c) => element("td", { "data-channel": name.id, "data-metric": column.name, "data-value": data.channels.cells[chosen.plan][i][c][0] }, data.channels.cells[chosen.plan][i][c][3]))]))] : [];
  section("touchpoint-table").replaceChildren(table(`${plans[chosen.plan].name}, all customers: every touchpoint${data.leverage ? `. Steps, weakest and worth fixing: under ${data.leverage.plan}` : ""}`, ["Touchpoint", element("th", { scope: "col", class: "words" }, "Stage, channel, team"), ...heads(false), ...leverHead], rows), ...queues, ...channels);
};

// ---- who is better off, and where fewer leave
export const winners = () => {
  if (!compared) return;
  const box = grid(section("winners-charts"));
  new Chart(box, "Customer by customer, against the baseline", (width) => {
    const list = plans.slice(1).map((plan, i) => [plan.name, data.winners_and_losers[i + 1][chosen.group]]);
    if (list.some(([, one]) => !one || one.better[0] === null)) return null;
    const parts = [["better", "Better off", "#0072b2", "#ffffff"], ["same", "The same", darkScheme.matches && !printing ? "#5b6b7b" : "#c5d0db", darkScheme.matches && !printing ? "#ffffff" : "#16202b"], ["worse", "Worse off", "#d55e00", "#ffffff"]];
    const shares = list.map(([, one]) => one.better[0]);
    const [low, high] = [Math.min(...shares), Math.max(...shares)].map((share) => percent(share, 0));
    const tell = ([mean, low, high]) => percent(mean) + (low === null ? "" : ` ± ${plain(50 * (high - low), 1)}`);
    return {
      title: list.length === 1 ? `${high} better off under ${list[0][0]}` : low === high ? `${high} better off under every plan` : `${low} to ${high} better off`,
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
    if (chosen.plan === 0 || !data.by_stage[chosen.plan]) return null;
    const detailed = plans.map((_, k) => k).filter((k) => k > 0 && data.by_stage[k]);
    const list = data.by_stage[chosen.plan].filter(({ change }) => /[1-9]/.test(change[3])).map(({ name, change }) => [name, change]);
    if (!list.length) return null;
    const largest = list.reduce((best, one) => (Math.abs(one[1][0]) > Math.abs(best[1][0]) ? one : best));
    return {
      title: `largest part seen: ${largest[0].toLowerCase()}, ${minus(largest[1][3])}${unsure(largest[1]) ? ", which may be chance" : ""}`,
      height: 70 + 44 * list.length,
      option: whisker("by stage", list, metrics[position.retained], list.map(() => hue(chosen.plan))),
      words: `${plans[chosen.plan].name}, all customers, by the stage that people are kept from leaving; the parts add up to ${minus(differenceOf(0, chosen.plan, position.retained)[3])}.`,
      table: table("Parts of the difference in retained", ["Stage", ...detailed.map((k) => plans[k].name)], data.by_stage[chosen.plan].map(({ name }, i) => [name, ...detailed.map((k) => { const part = data.by_stage[k][i].change; return part[0] === 0 ? "0" : `${minus(part[3])} ${part[4]}${part[5] ? "" : " ~"}`; })])),
    };
  });
};
