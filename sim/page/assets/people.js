// People in time: retention, promoters, the funnel; by persona; queues, word of mouth and accounts.
import { Chart, curveTable, curves, inWords, lastOf, lineLegend, mark, whisker } from "./chart.js";
import { chosen, compared, curveGroup, curveWhom, data, differenceOf, groups, highestShown, hue, listNames, metrics, plans, position, valueOf } from "./data.js";
import { element, every, grid, section, table } from "./elements.js";
import { look } from "./look.js";
import { axisText, days, minus, month, percent, plain, timeName, unit, unitOf } from "./words.js";

/** Where the curves end, with what is shown of the highest: `verdict` follows where they end apart. */
const ends = (list, format, verdict = "") => {
  const values = list.map(({ mean }) => lastOf(mean)).filter((v) => v !== null);
  if (!values.length) return undefined;
  const low = format(Math.min(...values)), high = format(Math.max(...values));
  if (values.length === 1) return `${high} at the end`;
  return low === high ? `${high} at the end under every plan` : `${low} to ${high} at the end${verdict}`;
};
export const retention = () => {
  new Chart(grid(section("retention-charts"), true), "Still customers, by time since their purchase", () => {
    const list = plans.map((plan, k) => ({ name: plan.name, k, ...data.survival.curve[curveGroup()][k] }));
    const x = data.survival.days.filter((_, i) => list.some(({ mean }) => mean[i] !== null));
    return {
      title: ends(list, (v) => percent(v)),
      option: curves(x, list.map((one) => ({ ...one, mean: one.mean.slice(0, x.length), low: one.low.slice(0, x.length), high: one.high.slice(0, x.length) })), (v) => percent(v), `${timeName} since the purchase`, "% of buyers", { max: 1, scale: true, axisLabel: { formatter: axisText.share } }),
      legend: lineLegend(list),
      words: `Kaplan-Meier curves of ${curveWhom()}; who arrived as a customer counts from then on. At the right end: ${list.map(({ name, mean }) => `${name} ${percent(lastOf(mean))}`).join(", ")}.`,
      table: curveTable("Share of buyers still customers", `${timeName} since the purchase`, x, list, (v) => percent(v, 2)),
    };
  });
};
export const promoters = () => {
  new Chart(grid(section("nps-charts"), true), "Net promoter score over time", () => {
    const list = plans.map((plan, k) => ({ name: plan.name, k, ...data.nps[curveGroup()][k] }));
    const highest = highestShown(curveGroup(), "nps");
    return {
      title: ends(list, (v) => plain(v, 1), highest?.length ? `, highest under ${listNames(highest)}` : highest ? "; chance may have made the differences" : ""),
      option: curves(data.time, list, (v) => plain(v), `${timeName} since the start`, "points", { scale: true }),
      legend: lineLegend(list),
      words: `True score of the customers present, ${curveWhom()}. At the horizon: ${list.map(({ name, mean }) => `${name} ${plain(lastOf(mean))}`).join(", ")}.`,
      table: curveTable("Net promoter score", timeName, data.time, list, (v) => plain(v)),
    };
  });
};
export const funnel = () => {
  new Chart(grid(section("funnel-charts"), true), "Where those who arrived are", () => {
    const parts = [["customers", "Customers", "#009e73", "none"], ["prospects", "Still prospects", "#56b4e9", "none"], ["churned", "Churned", "#d55e00", "none"], ["lost", "Lost before buying", "#8a95a1", "none"]];
    const of = (name) => data.people[name][curveGroup()][chosen.plan];
    const { paper } = look();
    return {
      title: `${percent(lastOf(of("customers")))} are customers after ${data.horizon_text}`,
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

// ---- by persona
export const personas = () => {
  if (groups.length < 2) return section("personas").remove();
  const box = grid(section("persona-charts"));
  const people = groups.slice(1);
  for (const name of ["retained", "nps", "satisfaction", "clv"]) {
    const m = position[name];
    new Chart(box, `${metrics[m].label}${compared ? ", difference to the baseline" : ""}`, () => {
      const figure = chosen.plan > 0 ? differenceOf : valueOf;
      const list = people.map((one, g) => [one.name, figure(g + 1, chosen.plan, m)]);
      if (list.some(([, e]) => e === null) || list.every(([, e]) => e[0] === null)) return null;
      const option = whisker(name, list, metrics[m], list.map((_, g) => (g + 1 === chosen.group || chosen.group === 0 ? hue(chosen.plan) : look().soft)), chosen.plan > 0);
      if (chosen.plan === 0) { option.xAxis.scale = true; option.xAxis.name = unit(metrics[m], unitOf); delete option.series[0].markLine; }
      return {
        option,
        words: `${plans[chosen.plan].name}: ` + list.map(([label, e]) => inWords(label, e, chosen.plan > 0)).join("; ") + ".",
        table: table(metrics[m].about, ["Persona", "Plan", "Value", "95 %", "Difference", "95 %"], people.flatMap((one, g) => plans.map((plan, k) => {
          const value = valueOf(g + 1, k, m), change = differenceOf(g + 1, k, m);
          return value && [one.name, element("td", { class: "words" }, plan.name), minus(value[3]), value[4], k ? minus(change[3]) : "", k ? change[4] + mark(change) : ""];
        }).filter(Boolean))),
      };
    }, "low");
  }
};

// ---- surveys: what is measured beside what is true
export const surveys = () => {
  if (!data.surveys) return section("surveys").remove();
  const parent = grid(section("survey-charts"));
  for (const survey of data.surveys) {
    new Chart(parent, `${survey.name}: measured and true`, () => {
      const list = [["Measured", "measured"], ["True", "true"]].map(([name, key], k) => ({ name, k, mean: survey[key][chosen.plan] }));
      return { option: curves(data.time, list, (v) => plain(v, 2), `${timeName} since the start`, survey.asks, { scale: true }, [chosen.plan]), legend: lineLegend(list), words: `${plans[chosen.plan].name}, all customers, ${survey.asks}. Up to the horizon: ${list.map(({ name }) => { const [mean, low, high] = survey.figures[chosen.plan][name.toLowerCase()]; return `${name.toLowerCase()} ${mean === null ? "-" : `${minus(plain(mean, 2))}${low === null ? "" : ` ± ${plain((high - low) / 2, 2)}`}`}`; }).join(", ")}. A window has few answers: its measured score swings by chance.`, table: curveTable(survey.asks, timeName, data.time, list, (v) => plain(v, 2)) };
    });
  }
};
export const surveyTable = () => {
  if (!data.surveys) return;
  const cell = (survey, k, key) => {
    const [mean, low, high] = survey.figures[k][key];
    const said = (v) => (key === "response_rate" ? percent(v) : plain(v, 2));
    return mean === null ? "-" : element("td", { "data-survey": survey.name, "data-metric": key, "data-value": mean }, minus(said(mean)), element("span", { class: "interval" }, low === null ? "" : `± ${said((high - low) / 2)}`));
  };
  const tableOf = (caption, columns) => table(caption, ["Survey", element("th", { scope: "col", class: "words" }, "Asks, plan"), ...columns.map((key) => data.survey_labels[key])], data.surveys.flatMap((survey) => plans.map((plan, k) => [survey.name, element("td", { class: "words" }, `${survey.asks}, ${plan.name}`), ...columns.map((key) => cell(survey, k, key))])));
  section("survey-table")?.replaceChildren(
    tableOf("Measured and true; invitations are per person who arrived", ["invited", "response_rate", "measured", "true", "gap", "weighted_propensity", "weighted_persona"]),
    tableOf("The gap in parts, which add up to it", ["gap", "gap_visits", "gap_coverage", "gap_sampling", "gap_response", "gap_noise"]));
};

// ---- queues, word of mouth, accounts: where the file has them
export const market = () => {
  const box = () => grid(section("market-charts"));
  if (!data.queues && !data.heard && !data.accounts && !data.rules) return section("market").remove();
  const parent = box();
  const listed = (pick) => plans.map((plan, k) => ({ name: plan.name, k, mean: pick(k) }));
  for (const rule of data.rules ?? []) {
    new Chart(parent, `In force: ${rule.name}`, () => {
      const list = listed((k) => rule.on[k]).filter(({ mean }) => mean);
      return { option: curves(data.time, list, (v) => percent(v), `${timeName} since the start`, "% of replications", { axisLabel: { formatter: axisText.share } }), legend: lineLegend(list), words: list.map(({ name, k }) => `${name}. ${rule.words[k]}`).join(" "), table: curveTable("Share of the replications in which the rule is in force", timeName, data.time, list, (v) => percent(v)) };
    });
  }
  for (const queue of data.queues ?? []) {
    new Chart(parent, `Wait: ${queue.name}`, () => {
      const hours = Math.max(...queue.wait.flat()) < 1 / 24 ? [1440, "minutes"] : Math.max(...queue.wait.flat()) < 2 ? [24, "hours"] : [1, "days"];
      const list = listed((k) => queue.wait[k].map((v) => v * hours[0]));
      return { option: curves(data.time, list, (v) => `${plain(v)} ${hours[1]}`, `${timeName} since the start`, hours[1]), legend: lineLegend(list), words: `At the horizon: ${list.map(({ name, mean }) => `${name} ${plain(lastOf(mean))} ${hours[1]}`).join(", ")}.`, table: curveTable(`Wait, ${hours[1]}`, timeName, data.time, list, (v) => plain(v, 3)) };
    });
    new Chart(parent, `In line: ${queue.name}`, () => {
      const list = listed((k) => queue.length[k]);
      return { option: curves(data.time, list, (v) => plain(v), `${timeName} since the start`, "people"), legend: lineLegend(list), words: `At the horizon: ${list.map(({ name, mean }) => `${name} ${plain(lastOf(mean))}`).join(", ")}.`, table: curveTable("People in line", timeName, data.time, list, (v) => plain(v, 3)) };
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
