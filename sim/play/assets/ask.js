// Asks for the answer to a state: the server of `sojourn play`, by a stream of ever more precise answers, or the grid in the page.
import { grid, knobs } from "./start.js";
import { encode, knobValue } from "./state.js";

const wait = 120;  // milliseconds without a further move
const page = Math.random().toString(36).slice(2, 12);
let stream = null, timer = 0;

const listen = (query, on, tries = 0) => {
  const source = new EventSource(`answers?page=${page}${query ? "&" + query : ""}`);
  stream = source;
  let heard = false;
  const close = () => {
    source.close();
    if (stream === source) stream = null;
  };
  for (const kind of ["answer", "people", "refused", "done"]) {
    source.addEventListener(kind, (event) => {
      if (stream !== source) return;
      heard = true;
      if (kind === "done") close();
      on[kind](kind === "done" ? null : JSON.parse(event.data));
    });
  }
  source.addEventListener("error", () => {
    if (stream !== source) return;
    close();
    // Once more, quietly: a server may just have been busy.
    if (tries < 2 && !heard) timer = setTimeout(() => listen(query, on, tries + 1), 500 * (tries + 1));
    else on.lost();
  });
};

/** The place in the grid of what is chosen; null where it was not computed. */
const place = (state) => {
  const at = knobs.map((knob) => knob.values.indexOf(knobValue(state, knob)));
  if (at.includes(-1)) return null;
  if (!grid.points) return at.reduce((sum, i, k) => sum * knobs[k].values.length + i, 0);
  const found = grid.points.findIndex((point) => point.every((i, k) => i === at[k]));
  return found < 0 ? null : found;
};
export const cell = (state, plan) => {
  const point = place(state);
  return point === null ? null : { values: grid.values[point]?.[plan] ?? null, changes: grid.changes?.[point]?.[plan] ?? null };
};
const fromGrid = (state, on) => {
  const now = cell(state, state.plan), before = cell(state, 0), own = grid.own === null || grid.own === undefined ? null : grid.values[grid.own]?.[state.plan];
  if (!now?.values) on.refused({ message: "This point was not computed.", hint: "Choose another value of a slider." });
  else {
    on.answer({ stage: 1, customers: grid.customers, replications: grid.replications, words: [], cautions: grid.cautions ?? [], command: grid.command ?? "",
      metrics: now.values.map((value, m) => ({ now: value, before: before.values[m], change: state.plan === 0 ? null : now.changes?.[m] ?? null, own: own?.[m] ?? null })) });
  }
  on.done();
};

/** The last move wins: an older stream ends, and what it still says is not heard. `on` has answer, people, refused, done and lost. */
export const ask = (state, on, soon = false) => {
  clearTimeout(timer);
  stream?.close();
  stream = null;
  if (grid) return fromGrid(state, on);
  timer = setTimeout(() => listen(encode(state), on), soon ? 0 : wait);
};
