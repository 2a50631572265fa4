// The journey map, alive: people as dots in the colour of their mood, flows that thicken, queues that grow.
import { element, section, table } from "../../page/assets/elements.js";
import { dayName, start } from "./start.js";

const space = "http://www.w3.org/2000/svg";
const draw = (tag, attributes = {}, ...children) => {
  const node = document.createElementNS(space, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const still = matchMedia("(prefers-reduced-motion: reduce)");
const { touchpoints = [], exits = [] } = start.map ?? {};
let { horizon } = start;
// Finer in the middle, where most people are.
const moodEnds = [0.2, 0.35, 0.45, 0.55, 0.65, 0.8];
const moodOf = (mood) => moodEnds.filter((end) => mood >= end).length;

let svg = null, layer = null, scale = 1, radius = 6;
const flows = [];     // by exit: { path, ghost, group, points }
const homes = [];     // by touchpoint: { card, box, tags, starts, slots, queue }
let people = [], dots = [], day = 0, playing = false, speed = 1, before = 0, frame = 0, seen = true;
let onDay = () => {};
const seconds = 45;   // a whole horizon at normal speed

// ---- the drawing
const boxOf = (node) => ({ x: +node.getAttribute("x"), y: +node.getAttribute("y"), width: +node.getAttribute("width"), height: +node.getAttribute("height") });
const boxOfPath = (d) => {
  // Octagons are of M, H, L, V in absolute places.
  const xs = [], ys = [];
  for (const [, letter, rest] of d.matchAll(/([MHLV])([^MHLVZ]*)/g)) {
    const numbers = rest.trim().split(/[\s,]+/).map(Number);
    if (letter === "H") xs.push(numbers[0]);
    else if (letter === "V") ys.push(numbers[0]);
    else { xs.push(numbers[0]); ys.push(numbers[1]); }
  }
  const x = Math.min(...xs), y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
};
const boxOfShape = (shape) => (shape.tagName === "rect" ? boxOf(shape) : boxOfPath(shape.getAttribute("d")));
const centre = (box) => [box.x + box.width / 2, box.y + box.height / 2];
const overlaps = (x, y, box, room) => x > box.x - room && x < box.x + box.width + room && y > box.y - room && y < box.y + box.height + room;

const readMap = () => {
  const text = start.map.svg;
  // The map's own style is a sheet of the document: the policy of the page allows no other inline style.
  const [, style = ""] = /<style>([^]*?)<\/style>/.exec(text) ?? [];
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const plain = text.slice(text.indexOf("<svg")).replace(/<style>[^]*?<\/style>/, "");
  const parsed = new DOMParser().parseFromString(plain, "image/svg+xml").documentElement;
  svg = document.importNode(parsed, true);
  section("map").append(svg);
  // What is above and below the lanes, the heading and the legend, is told elsewhere on the page.
  const lanes = [...svg.querySelectorAll(".lane0, .lane1")].map(boxOf);
  if (lanes.length) {
    const left = Math.min(...lanes.map((lane) => lane.x)), width = Math.max(...lanes.map((lane) => lane.x + lane.width)) - left;
    const top = Math.min(...lanes.map((lane) => lane.y)), bottom = Math.max(...lanes.map((lane) => lane.y + lane.height));
    svg.setAttribute("viewBox", `${left} ${top} ${width} ${bottom - top}`);
    svg.dataset.width = width;
    svg.style.maxWidth = `${1.2 * width}px`;
    svg.removeAttribute("width");
    svg.removeAttribute("height");
  }
  const under = draw("g", { class: "ghosts", "aria-hidden": "true" });
  const groups = [...svg.querySelectorAll("g.exit")];
  for (const [e, exit] of exits.entries()) {
    const group = groups.find((one) => {
      const [, from, to] = /\bx(\d+) x(\d+)/.exec(one.getAttribute("class")) ?? [];
      return +from === exit.from && +to === exit.to && one.querySelector(":scope > path[stroke-width]");
    });
    if (group) {
      const path = group.querySelector(":scope > path[stroke-width]");
      const ghost = draw("path", { class: "ghost", d: path.getAttribute("d") });
      under.append(ghost);
      const length = path.getTotalLength(), tip = /M([-\d.]+) ([-\d.]+)/.exec(group.querySelector(".head")?.getAttribute("d") ?? "");
      const points = Array.from({ length: 33 }, (_, i) => { const { x, y } = path.getPointAtLength((length * i) / 32); return [x, y]; });
      if (tip) points.push([+tip[1], +tip[2]]);
      flows[e] = { group, path, ghost, points, length };
      continue;
    }
    // An exit may hang below its card as a tag.
    const card = svg.querySelector(`g.t${exit.from}`), named = `${touchpoints[exit.from].name} → ${touchpoints[exit.to].name}:`;
    const tag = card && [...card.querySelectorAll(":scope > g")].find((one) => one.querySelector(":scope > title")?.textContent.startsWith(named));
    const shape = tag?.querySelector("g > rect, g > path");
    if (shape) flows[e] = { group: tag, path: tag.querySelector(":scope > path"), tag: boxOfShape(shape) };
  }
  const first = svg.querySelector("g.exit");
  if (first) first.before(under);
  for (const [v] of touchpoints.entries()) {
    const card = svg.querySelector(`g.t${v}`);
    const shape = card?.querySelector(":scope > .card, :scope > .finish > path");
    if (!shape) continue;
    const box = boxOfShape(shape);
    const tags = [...card.querySelectorAll(":scope > g .finish > path, :scope > g > g > rect")].map(boxOfShape);
    homes[v] = { card, box, tags, starts: [...card.querySelectorAll(":scope > .begin")].map(boxOf) };
    if (touchpoints[v].serves) homes[v].starts.push({ x: box.x, y: box.y - 16, width: box.width, height: 14 });  // the queue stands there
  }
  layer = draw("g", { class: "people", "aria-hidden": "true" });
  svg.append(layer);
};

/** A place on the ring around a card: `part` of the way round from its upper left corner, `off` from its edge. */
const around = ({ box }, part, off) => {
  const x = box.x - off, y = box.y - off, w = box.width + 2 * off, h = box.height + 2 * off, corner = Math.min(14 + off, h / 2, w / 2);
  const straightX = w - 2 * corner, straightY = h - 2 * corner, arc = (Math.PI / 2) * corner;
  return along((part - Math.floor(part)) * (2 * (straightX + straightY) + 4 * arc), x, y, w, h, corner, straightX, straightY, arc);
};
const nearest = () => radius + 3;
/** Places around a card for those who stand there, as [x, y, part, off]: rings that leave out what else there is. */
const ring = (home) => {
  const { box } = home, slots = [], step = 2.35 * radius;
  const blocked = homes.flatMap((other) => (other === home ? [...other.tags, ...other.starts] : other ? [other.box, ...other.tags, ...other.starts] : []));
  for (let k = 0; k < 14 && slots.length < 170; ++k) {
    const off = nearest() + k * step, corner = Math.min(14 + off, box.height / 2 + off, box.width / 2 + off);
    const all = 2 * (box.width + box.height + 4 * off) - (8 - 2 * Math.PI) * corner, count = Math.floor(all / step);
    for (let i = 0; i < count; ++i) {
      // From the middle of the upper side, alternately to the right and to the left.
      const part = ((i % 2 ? 1 : -1) * Math.ceil(i / 2)) / count + (box.width / 2 + off - corner) / all, at = around(home, part, off);
      if (!blocked.some((tag) => overlaps(at[0], at[1], tag, radius * 0.7))) slots.push([...at, part, off]);
    }
  }
  return slots;
};
/** The part of the way round a card at which a flow leaves or reaches it. */
const partAt = (home, point) => {
  let best = 0, least = Infinity;
  for (let i = 0; i < 96; ++i) {
    const [x, y] = around(home, i / 96, nearest()), far = (x - point[0]) ** 2 + (y - point[1]) ** 2;
    if (far < least) [best, least] = [i / 96, far];
  }
  return best;
};
const along = (s, x, y, w, h, c, sx, sy, arc) => {
  const turn = (cx, cy, from, part) => { const a = from + (Math.PI / 2) * part; return [cx + c * Math.cos(a), cy + c * Math.sin(a)]; };
  if (s < sx) return [x + c + s, y];
  if ((s -= sx) < arc) return turn(x + w - c, y + c, -Math.PI / 2, s / arc);
  if ((s -= arc) < sy) return [x + w, y + c + s];
  if ((s -= sy) < arc) return turn(x + w - c, y + h - c, 0, s / arc);
  if ((s -= arc) < sx) return [x + w - c - s, y + h];
  if ((s -= sx) < arc) return turn(x + c, y + h - c, Math.PI / 2, s / arc);
  if ((s -= arc) < sy) return [x, y + h - c - s];
  return turn(x + c, y + c, Math.PI, (s - sy) / arc);
};

// ---- lives: who is where when
const exitOf = new Map(exits.map(({ from, to }, e) => [from * 10000 + to, e]));
const placeEnd = (from, to) => {
  const flow = flows[exitOf.get(from * 10000 + to)];
  if (flow?.tag) return centre(flow.tag);
  return homes[to] ? centre(homes[to].box) : null;
};
/** A life as stretches of standing and going. Going takes a moment of the animation, so that it is seen. */
const plan = (lives) => {
  const moment = horizon / 130;
  const stays = [];
  people = lives.map(({ visits }, p) => {
    const life = { stays: [], end: Infinity, left: false };
    let free = -Infinity;
    for (const [i, [at, v, mood]] of visits.entries()) {
      const previous = life.stays[life.stays.length - 1];
      // Who does much in a day is a little late on the map, and catches up.
      const late = previous ? Math.max(0, free - at) : 0, travel = previous ? (late > 2 * moment ? moment / 4 : moment) : 0;
      const arrive = Math.max(at, previous ? Math.max(previous.from, free) + travel : at);
      const stay = { p, v, mood, from: arrive, until: Infinity, leave: Infinity, end: Boolean(touchpoints[v]?.end) };
      if (previous) { previous.leave = Math.max(previous.from, arrive - travel); previous.until = previous.leave; }
      life.stays.push(stay);
      stays.push(stay);
      free = arrive;
    }
    return life;
  });
  // Everybody who stands at a card has a place of their own: the first that is free.
  const events = stays.filter(({ end }) => !end).flatMap((stay) => [[stay.from, 1, stay], [stay.until, 0, stay]]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const taken = touchpoints.map(() => []);
  for (const [, comes, stay] of events) {
    const slots = taken[stay.v];
    if (!slots) continue;
    if (comes) {
      let free = slots.indexOf(false);
      if (free < 0) free = slots.length;
      slots[free] = true;
      stay.slot = free;
    } else if (stay.slot !== undefined) slots[stay.slot] = false;
  }
};
const standing = (stay) => {
  if (stay.end) return null;
  const home = homes[stay.v];
  if (!home) return null;
  home.slots ??= ring(home);
  return home.slots[(stay.slot ?? 0) % home.slots.length] ?? [...centre(home.box), 0, 0];
};
const mix = (a, b, part) => [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part];
const smooth = (part) => part * part * (3 - 2 * part);
const round = (home, [, , place, off], gate, end, part) => {
  if (!home) return end;
  const turn = ((((gate - place) % 1) + 1.5) % 1) - 0.5, s = smooth(part);
  const at = around(home, place + turn * s, off + (nearest() - off) * s);
  return s < 0.7 ? at : mix(at, end, (s - 0.7) / 0.3);
};
/** Where somebody is who goes from one stay to the next. */
const going = (stay, next, part) => {
  const from = standing(stay), to = next.end ? placeEnd(stay.v, next.v) : standing(next);
  if (!from || !to) return from ?? to;
  const flow = flows[exitOf.get(stay.v * 10000 + next.v)];
  const path = flow?.points;
  if (!path) return mix(from, to, smooth(part));
  // Round the card, not across it.
  if (part < 0.18) return round(homes[stay.v], from, flow.leaves ??= partAt(homes[stay.v], path[0]), path[0], part / 0.18);
  if (part > 0.85 && next.end) return mix(path[path.length - 1], to, smooth((part - 0.85) / 0.15));
  if (part > 0.85) return round(homes[next.v], to, flow.reaches ??= partAt(homes[next.v], path[path.length - 1]), path[path.length - 1], (1 - part) / 0.15);
  const s = ((part - 0.18) / 0.67) * (path.length - 1), i = Math.min(path.length - 2, Math.floor(s));
  return mix(path[i], path[i + 1], s - i);
};
const paint = () => {
  const fade = horizon / 60;
  let here = 0, left = 0;
  for (const [p, life] of people.entries()) {
    const dot = dots[p];
    let i = life.at ?? 0;
    if (life.stays[i] && life.stays[i].from > day) i = 0;
    while (i + 1 < life.stays.length && life.stays[i].leave <= day) {
      if (life.stays[i + 1].from > day) break;
      ++i;
    }
    life.at = i;
    const stay = life.stays[i], next = life.stays[i + 1];
    let at = null, opacity = 1, size = 1;
    if (stay && stay.from <= day) {
      if (stay.end) {
        ++left;
        const previous = life.stays[i - 1], gone = (day - stay.from) / fade;
        at = previous && gone < 1 ? placeEnd(previous.v, stay.v) : null;
        opacity = 1 - gone;
        size = 1 - 0.5 * gone;
      } else {
        ++here;
        at = next && stay.leave <= day ? going(stay, next, (day - stay.leave) / Math.max(1e-9, next.from - stay.leave)) : standing(stay);
        const new_ = (day - stay.from) / (horizon / 200);
        if (i === 0) opacity = Math.min(1, 0.2 + new_);
        // A visit that changed the mood is seen for a moment.
        const felt = i > 0 && moodOf(life.stays[i - 1].mood) !== moodOf(stay.mood);
        if (felt && new_ < 1) size = 1 + 0.6 * (1 - new_);
      }
    }
    if (!at) {
      if (!dot.off) { dot.node.setAttribute("visibility", "hidden"); dot.off = true; }
      continue;
    }
    if (dot.off) { dot.node.removeAttribute("visibility"); dot.off = false; }
    dot.node.setAttribute("transform", `translate(${at[0].toFixed(1)} ${at[1].toFixed(1)}) scale(${(size * radius).toFixed(2)})`);
    const mood = moodOf(stay.mood);
    if (dot.mood !== mood) { dot.node.setAttribute("class", `mood${mood}`); dot.mood = mood; }
    if (dot.opacity !== opacity) { dot.node.setAttribute("opacity", Math.max(0, opacity).toFixed(2)); dot.opacity = opacity; }
  }
  counts(here, left);
};
let said = "";
const counts = (here, left) => {
  const text = people.length ? `${dayName(day)}: ${here} of ${people.length} people shown are here, ${left} have left` : dayName(day);
  if (text === said) return;
  said = text;
  section("day-words").textContent = text;
  const slider = section("day");
  if (document.activeElement !== slider || playing) slider.value = day;
  slider.setAttribute("aria-valuetext", dayName(day));
  slider.style.setProperty("--filled", day / horizon);
};

// ---- the clock
const tick = (time) => {
  frame = 0;
  if (!playing) return;
  if (before && seen && !document.hidden) day = Math.min(horizon, day + ((time - before) / 1000) * speed * (horizon / seconds));
  before = time;
  if (seen) paint();
  if (day >= horizon) setPlaying(false);
  else frame = requestAnimationFrame(tick);
};
const setPlaying = (now) => {
  if (now && day >= horizon) day = 0;
  playing = now;
  before = 0;
  const button = section("play");
  button.textContent = now ? "Pause" : day >= horizon ? "Play again" : "Play";
  button.classList.toggle("on", now);
  if (now && !frame) frame = requestAnimationFrame(tick);
  if (!now) onDay(day);
};
const startClock = () => {
  const play = element("button", { type: "button", id: "play" }, "Play");
  play.addEventListener("click", () => setPlaying(!playing));
  const slider = element("input", { type: "range", id: "day", min: 0, max: horizon, step: Math.max(1, Math.round(horizon / 365)), value: 0 });
  slider.addEventListener("input", () => { day = Number(slider.value); if (playing) setPlaying(false); paint(); });
  slider.addEventListener("change", () => onDay(day));
  const pace = element("select", { id: "pace" }, ...[["slowly", 0.4], ["normal", 1], ["fast", 2.5]].map(([name, value]) => element("option", { value, selected: value === 1 }, name)));
  pace.addEventListener("change", () => { speed = Number(pace.value); });
  const paceLabel = element("label", { for: "pace", class: "pace" }, "Speed ", pace);
  section("clock").append(play, element("label", { for: "day", class: "hidden-label" }, "Day"), slider, paceLabel, element("span", { id: "day-words", class: "day-words" }));
  const quiet = () => {
    play.hidden = paceLabel.hidden = still.matches;
    if (still.matches) { setPlaying(false); day = Math.round(horizon / 2); paint(); }
  };
  still.addEventListener("change", quiet);
  quiet();
};
const legend = () => {
  const dot = (i) => { const picture = draw("svg", { viewBox: "-1.3 -1.3 2.6 2.6", width: 14, height: 14, "aria-hidden": "true" }); picture.append(draw("circle", { r: 1, class: `mood${i}` })); return picture; };
  const stroke = (name) => draw("svg", { width: 30, height: 12, "aria-hidden": "true", class: "sample" }, draw("path", { class: `${name}`, d: "M1 6H29" }));
  const larger = element("input", { type: "checkbox", id: "larger" }), details = element("input", { type: "checkbox", id: "file-figures" });
  larger.addEventListener("change", () => { section("map").classList.toggle("full", larger.checked); size(); });
  details.addEventListener("change", () => section("map").classList.toggle("simple", !details.checked));
  section("map").classList.add("simple");
  section("map-legend").append(
    element("ul", { class: "keys", "aria-label": "Colours" }, element("li", { class: "word" }, "Mood after the last visit:"), element("li", { class: "ramp" }, "angry", ...[0, 1, 2, 3, 4, 5, 6].map(dot), "delighted"),
      element("li", { class: "gap" }, stroke("more"), "taken more than before"), element("li", {}, stroke("less"), "less"), element("li", {}, stroke("ghost"), "before")),
    element("span", { class: "options" }, element("label", {}, larger, " Larger"), element("label", {}, details, " Figures of the file"), element("span", {}, "Bars and shares are those of the file, whatever is tried.")));
};

/** Dots are as large on the screen whatever the size of the map. */
const size = () => {
  if (!svg) return;
  const wide = svg.getBoundingClientRect().width || 1000;
  scale = wide / (Number(svg.dataset.width) || wide);
  const next = Math.min(9, Math.max(4.5, 3.3 / scale));
  if (Math.abs(next - radius) < 0.05) return;
  radius = next;
  for (const home of homes) if (home) home.slots = null;
  for (const flow of flows) if (flow) delete flow.leaves, delete flow.reaches;
  paint();
};
export const startMap = (changed) => {
  if (!start.map?.svg) {
    section("living").hidden = true;
    return;
  }
  readMap();
  if (start.grid) {  // nobody's life is in a grid
    section("clock").hidden = section("places").hidden = true;
    section("living-title").textContent = "The journey, as in the file";
    return;
  }
  legend();
  startClock();
  onDay = changed;
  new ResizeObserver(size).observe(svg);
  new IntersectionObserver((entries) => { seen = entries[entries.length - 1].isIntersecting; }).observe(svg);
  size();
};

export const showPeople = ({ lives }) => {
  if (!svg) return;
  const first = people.length === 0;
  plan(lives);
  layer.replaceChildren();
  dots = people.map(() => { const node = draw("circle", { r: 1, visibility: "hidden" }); layer.append(node); return { node, off: true }; });
  paint();
  if (first && !still.matches) setPlaying(true);
};

// ---- flows and queues
let thickest = 0;
const pen = (taken) => Math.min(1, 0.7 / scale) * (0.9 + 7.5 * Math.sqrt(Math.min(2, taken / thickest)));
const mostMarks = 12;
const queue = (v, was, now, each) => {
  const home = homes[v];
  home.queue?.remove();
  if (Math.max(was, now) < 0.05) return;
  const marks = Math.min(mostMarks * 2, Math.round(now / each)), ghosts = Math.min(mostMarks * 2, Math.round(was / each));
  const start = home.card.querySelector(":scope > .begin"), x = start ? boxOf(start).x + boxOf(start).width + 6 : home.box.x + 2, y = home.box.y - 15;
  const person = (i, name) => draw("path", { class: name, transform: `translate(${x + 11 * i} ${y})`, d: "M4.5 0a2.6 2.6 0 1 1 .01 0ZM0 11.5C0 4.6 9 4.6 9 11.5Z" });
  const count = (value) => (value >= 9.95 ? Math.round(value).toLocaleString("en") : String(+value.toFixed(1)));
  const words = `${count(now)} in line${count(was) === count(now) ? "" : `, ${count(was)} before`}`;
  const text = draw("text", { x: x + 11 * Math.max(marks, ghosts) + 5, y: y + 11, "font-size": 13, class: "strong" });
  text.textContent = words;
  home.queue = draw("g", { class: "queue" }, ...Array.from({ length: Math.max(marks, ghosts) }, (_, i) => person(i, i < marks ? "waits" : "waited")), text);
  home.card.append(home.queue);
  // What stands at the edge of the picture is pushed into it.
  const its = home.queue.getBBox(), { x: left, width } = svg.viewBox.baseVal, over = its.x + its.width + 4 - left - width;
  if (over > 0) home.queue.setAttribute("transform", `translate(${-over} 0)`);
};
const placesTable = (answer) => {
  const pair = (list, words) => (list === null || list === undefined || (list[0] === null && list[1] === null) ? ["-", "-"] : list.map((value) => (value === null ? "-" : words(value))));
  const rows = touchpoints.map((touchpoint, v) => [touchpoint, answer.touchpoints[v]]).filter(([touchpoint, one]) => one && !touchpoint.end);
  const waits = rows.some(([, one]) => one.wait), lines = rows.some(([, one]) => one.in_line);
  return table("Every touchpoint: before and now", ["Touchpoint", "Visits a person, before", "now", "Satisfaction, before", "now", ...(waits ? ["Wait in hours, before", "now"] : []), ...(lines ? ["In line, before", "now"] : [])],
    rows.map(([touchpoint, one]) => [touchpoint.name, ...pair(one.visits, (value) => value.toFixed(2)), ...pair(one.satisfaction, (value) => value.toFixed(2)),
      ...(waits ? pair(one.wait, (value) => (24 * value).toFixed(2)) : []), ...(lines ? pair(one.in_line, (value) => value.toFixed(1)) : [])]));
};
export const showFlows = (answer) => {
  if (!svg || !answer.exits) return;
  const last = answer.series?.days?.at(-1);
  if (last && last !== horizon) {  // the horizon is a knob too
    horizon = last;
    day = Math.min(day, horizon);
    section("day").max = horizon;
  }
  if (!thickest) thickest = Math.max(1e-9, ...answer.exits.map(([was, now]) => Math.max(was, now)));
  for (const [e, [was, now]] of answer.exits.entries()) {
    const flow = flows[e];
    if (!flow?.path) continue;
    flow.path.setAttribute("stroke-width", pen(now).toFixed(2));
    flow.ghost?.setAttribute("stroke-width", pen(was).toFixed(2));
    const much = Math.abs(now - was) > 0.04 * Math.max(was, now) && Math.abs(now - was) > 0.002;
    flow.group.classList.toggle("more", much && now > was);
    flow.group.classList.toggle("less", much && now < was);
    flow.ghost?.classList.toggle("needed", much);
  }
  const lines = (answer.touchpoints ?? []).map((one, v) => [v, one.in_line]).filter(([v, line]) => line && homes[v] && touchpoints[v].serves);
  const longest = Math.max(0, ...lines.flatMap(([, [was, now]]) => [was ?? 0, now ?? 0]));
  const each = longest <= mostMarks ? 1 : Math.ceil(longest / mostMarks);
  for (const [v, [was, now]] of lines) queue(v, was ?? 0, now ?? 0, each);
  if (answer.touchpoints) section("places-table").replaceChildren(placesTable(answer));
  section("map").dataset.stage = answer.stage;
};
