// The answer: the headline figures as before, now and change, with whiskers; what moved most; all figures as a table.
import { element, section, table } from "../../page/assets/elements.js";
import { joined } from "../../page/assets/figures.js";
import { apart, beforeName, changeFigure, compared, figure, grid, headline, lookOf, metrics, shown } from "./start.js";
import { describe, encode, tries, untouched } from "./state.js";

/** The ends of an interval, in as many digits as tell them apart. */
const between = (metric, [, low, high]) => {
  const more = apart(low, high, (value, digits) => changeFigure(metric, value, true, digits));
  return `${changeFigure(metric, low, true, more)} to ${changeFigure(metric, high, false, more)}`;
};
const betweenValues = (metric, [, low, high]) => {
  const more = apart(low, high, (value, digits) => figure(metric, value, digits));
  return `${figure(metric, low, more)} to ${figure(metric, high, more)}`;
};
/** What is said of a change; `told`: whether the answer tells it from chance. */
export const changeWords = (metric, change, told) => {
  const state = shown(change, told);
  return state === "none" ? (change && change[0] === null ? "-" : "no change") : state === "unshown" ? "no difference shown" : changeFigure(metric, change[0]);
};
const arrow = { up: "▲", down: "▼" };

// ---- the headline figures
const part = (name) => element("span", { class: name });
class Card {
  constructor(metric, m) {
    this.metric = metric;
    this.m = m;
    this.value = element("p", { class: "now" });
    this.change = element("p", { class: "change" });
    this.before = element("p", { class: "before" });
    this.ghost = part("ghost"); this.bar = part("bar"); this.dot = part("dot"); this.beam = part("beam");
    this.track = element("div", { class: "whiskers", "aria-hidden": "true" }, this.beam, this.ghost, this.bar, this.dot);
    this.node = element("article", { class: "headline", "data-metric": metric.name, "aria-label": metric.title }, element("h3", {}, metric.title), this.value, this.change, this.track, this.before);
    this.scale = null;
    this.of = null;
  }
  /** The part of the axis that is seen: kept while the answers to a move get more precise, so that the whiskers are seen to shrink. */
  fit(points, of) {
    const low = Math.min(...points), high = Math.max(...points);
    const inside = this.scale && low >= this.scale[0] && high <= this.scale[1];
    if (inside && (of === this.of || high - low > 0.2 * (this.scale[1] - this.scale[0]))) { this.of = of; return; }
    const room = 0.18 * (high - low) || Math.abs(high) * 0.1 || 1;
    this.scale = of === this.of && this.scale ? [Math.min(this.scale[0], low - room), Math.max(this.scale[1], high + room)] : [low - room, high + room];
    this.of = of;
  }
  show(one, of) {
    // What has no value, such as a score where nobody is a customer, is left out.
    this.node.hidden = one.now[0] === null && one.before[0] === null;
    if (this.node.hidden) return;
    const { metric } = this, { now, before, change } = one;
    const state = shown(change, one.shown);
    this.node.className = `headline ${lookOf(metric, change, one.shown)}`;
    this.value.textContent = joined(figure(metric, now[0]));
    this.change.replaceChildren(element("strong", {}, `${arrow[state] ? arrow[state] + " " : ""}${joined(changeWords(metric, change, one.shown))}`),
      ...(["up", "down", "unshown"].includes(state) ? [element("span", { class: "interval" }, joined(between(metric, change)))] : []));
    this.change.hidden = !change;
    const ghost = change ? before[0] : one.own?.[0] ?? null;
    const own = one.own && one.own[0] !== now[0] ? [`with the file’s values ${figure(metric, one.own[0])}`] : [];
    const interval = now[1] === null ? (grid ? "no interval" : "no interval yet") : betweenValues(metric, now);
    this.before.textContent = joined([change ? `${beforeName} ${figure(metric, before[0])}` : interval, ...own].join("; "));
    // The whisker is that of the change, drawn from "before" on: what the same luck tells.
    const [low, high] = change ? [change[1], change[2]].map((end) => (end === null ? null : before[0] + end)) : [now[1], now[2]];
    const middle = change && change[0] !== null ? before[0] + change[0] : now[0];
    const points = [middle, ghost, low, high].filter((value) => value !== null && Number.isFinite(value));
    this.track.hidden = points.length === 0;
    if (!points.length) return;
    this.fit(points, of);
    const at = (value) => (100 * (value - this.scale[0])) / (this.scale[1] - this.scale[0]);
    const put = (node, from, to) => { node.style.left = `${at(from)}%`; if (to !== undefined) node.style.width = `${Math.max(0, at(to) - at(from))}%`; };
    this.ghost.hidden = this.beam.hidden = ghost === null;
    if (ghost !== null) put(this.ghost, ghost);
    put(this.dot, middle);
    if (ghost !== null) put(this.beam, Math.min(ghost, middle), Math.max(ghost, middle));
    this.bar.hidden = low === null;
    if (low !== null) put(this.bar, low, high);
    this.node.dataset.low = low ?? "";
    this.node.dataset.high = high ?? "";
    this.node.dataset.value = now[0] ?? "";
  }
}
const cards = headline.map(([metric, m]) => new Card(metric, m));

// ---- all figures
const before_ = beforeName[0].toUpperCase() + beforeName.slice(1);
const figuresTable = (answer) => {
  const rows = metrics.flatMap((metric, m) => {
    if (answer.metrics[m].now[0] === null && answer.metrics[m].before[0] === null) return [];
    const { before, now, change, own, shown: apart } = answer.metrics[m];
    const state = shown(change, apart), raw = { now: now[0], change: change?.[0], low: change?.[1], high: change?.[2] };
    const cell = (label, ...children) => element("td", { "data-label": label }, ...children);
    const told = change ? changeWords(metric, change, apart) : "-";
    return [element("tr", { class: lookOf(metric, change, apart) || undefined, "data-metric": metric.name, ...Object.fromEntries(Object.entries(raw).map(([name, value]) => [`data-${name}`, value ?? ""])) },
      element("th", { scope: "row", title: metric.about }, metric.title),
      ...(compared ? [cell(before_, joined(figure(metric, before[0])))] : []),
      cell("Now", joined(figure(metric, now[0]))),
      ...(compared ? [cell("Change", joined(told)), cell("95 %", ["up", "down", "unshown"].includes(state) ? joined(between(metric, change)) : "-")] : []),
      ...(grid ? [cell("With the file’s values", own ? joined(figure(metric, own[0])) : "-")] : []))];
  });
  const head = ["Figure", ...(compared ? [before_] : []), "Now", ...(compared ? ["Change", "95 % interval of the change"] : []), ...(grid ? ["With the file’s values"] : [])];
  const shell = table(compared ? `${before_} and now; what chance could have made is grey` : "At these values", head, []);
  shell.querySelector("tbody").append(...rows);
  return shell;
};

let precise = "";
/** How precise the answer is, in few words. */
const precision = (answer, done) => {
  const runs = answer.replications;
  const size = `${Math.round(answer.customers).toLocaleString("en")} customer${answer.customers === 1 ? "" : "s"}${runs > 1 ? `, ${runs.toLocaleString("en")} times` : ""}`;
  return grid ? `${size}, computed beforehand` : done ? `${size}: settled` : `${size}: more precise answers are coming`;
};
const sentence = (answer) => headline.filter(([, m]) => answer.metrics[m].now[0] !== null).map(([metric, m]) => {
  const { now, change, shown: apart } = answer.metrics[m];
  const turn = { up: "up ", down: "down " }[shown(change, apart)] ?? "", words = changeWords(metric, change, apart);
  return `${metric.title} ${figure(metric, now[0])}${change ? `, ${turn}${turn ? words.replace(/^[+\u2212]/, "") : words}` : ""}`;
}).join("; ") + ".";

export const showAnswer = (answer, state, done) => {
  const of = encode(state, Infinity);
  for (const card of cards) card.show(answer.metrics[card.m], of);
  section("glance").replaceChildren(...cards.filter(({ node }) => !node.hidden).map(({ metric, m }) => {
    const { now, change, shown: apart } = answer.metrics[m];
    return element("span", { class: `small ${lookOf(metric, change, apart)}` }, element("b", {}, metric.title), element("i", {}, joined(figure(metric, now[0]))),
      change ? element("em", {}, joined(changeWords(metric, change, apart))) : null);
  }));
  section("precision").className = done ? "precision settled" : "precision";
  section("precision").textContent = precision(answer, done);
  section("precision").dataset.stage = answer.stage;
  section("figures").replaceChildren(figuresTable(answer));
  // Only what differs is said again.
  const changes = tries(state), moved = changes ? answer.words ?? [] : [], title = describe(state);
  const text = [title, ...moved].join("\n");
  if (text !== precise) {
    precise = text;
    section("moved").replaceChildren(element("p", { class: "what" }, of === encode(untouched(), Infinity) && !grid ? "As in the file. Change something: the answer follows." : title),
      ...(changes || of === encode(untouched(), Infinity) ? [] : [element("p", {}, "This changes the question: “before” and now alike.")]),
      ...(moved.length ? [element("ul", {}, ...moved.map((one) => element("li", {}, joined(one))))] : []));
  }
  const cautions = section("cautions");
  cautions.hidden = !answer.cautions?.length;
  cautions.replaceChildren(...(answer.cautions ?? []).map((one) => element("li", {}, one)));
  if (done) section("said").textContent = sentence(answer);
};
export const waiting = () => {
  section("precision").className = "precision";
  section("precision").textContent = "simulating…";
  section("answer").setAttribute("aria-busy", "true");
};
export const settled = () => section("answer").removeAttribute("aria-busy");
export const startCards = () => section("cards").append(...cards.map(({ node }) => node));
