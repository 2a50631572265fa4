// The script of the page to play with: what is changed, the answer to it, the map, and the links between them.
import { element, section } from "../../page/assets/elements.js";
import { darkScheme } from "../../page/assets/look.js";
import { settled, showAnswer, startCards, waiting } from "./answer.js";
import { ask } from "./ask.js";
import { refreshControls, showControls } from "./controls.js";
import { markDay, redrawCurves, resizeCurves, showCurves, startCurves } from "./curves.js";
import { changed, classAnswer, startClass, startLesson, stillGuessing } from "./lesson.js";
import { showFlows, showPeople, startMap } from "./map.js";
import { refreshShare, showCommand, startShare } from "./share.js";
import { grid, start } from "./start.js";
import { begin, canRedo, canUndo, decode, encode, move, now, onMove, redo, tries, undo, untouched } from "./state.js";
import { tried, triedHere } from "./tried.js";

const notes = (list, kind = "") => section("notes").replaceChildren(...list.map((text) => element("p", { class: `notice ${kind}` }, text)));

const sentence = (text) => text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
let latest = null, refused = false;
const told = (state) => ({
  answer: (answer) => {
    if (!tries(state)) answer.metrics = answer.metrics.map((one) => ({ ...one, change: null }));
    latest = answer;
    document.body.classList.add("answered");
    document.body.classList.remove("lost");
    showAnswer(answer, state, false);
    showFlows(answer);
    showCurves(answer, state);
    showCommand(answer);
    classAnswer(answer);
  },
  people: showPeople,
  refused: ({ message, hint }) => {
    refused = true;
    notes([[message, hint].filter(Boolean).map(sentence).join(" ")], "wrong");
    document.body.classList.add("lost");
    section("precision").textContent = "not simulated: the figures are those of the state before";
    showCommand(null);
  },
  done: () => {
    settled();
    if (refused || !latest) return;
    showAnswer(latest, state, true);
    tried(state, latest);
    document.body.dataset.settled = encode(state) || "untouched";
  },
  lost: () => {
    settled();
    document.body.classList.add("lost");
    const again = element("button", { type: "button" }, "Ask again");
    again.addEventListener("click", () => { notes([]); request(now(), true); });
    section("notes").replaceChildren(element("p", { class: "notice wrong" }, "The program that answers is not there any more. Start sojourn play again, and open the address that it says. ", again));
    section("precision").textContent = "";
  },
});
const request = (state, soon) => {
  refused = false;
  delete document.body.dataset.settled;
  if (!grid) waiting();
  ask(state, told(state), soon);
};
const show = (state) => {
  refreshControls(state);
  section("undo").disabled = !canUndo();
  section("redo").disabled = !canRedo();
  section("reset-all").disabled = encode(state, Infinity) === encode(untouched(), Infinity);
  if (!refreshShare(state)) notes(["The link to this state would be longer than 2,000 characters: take the scenario file instead."]);
};

section("title").textContent = start.title;
section("question").textContent = start.question ?? "";
section("question").hidden = !start.question;
section("made").textContent = [`Sojourn ${start.version ?? ""}.`, grid ? "This file holds every answer: nothing is sent anywhere." : "Everything is simulated on this computer.",
  "Charts by ECharts (Apache-2.0); colours by Okabe & Ito (2008)."].join(" ");
if (grid) section("controls-title").textContent = "Choose";
showControls();
startCards();
startCurves();
startMap((day) => markDay(day));
startShare(now);
startClass();
const guess = startLesson();

const fromLink = () => decode(location.hash.slice(1));
onMove((state, why, drawn) => {
  if (why !== "begin") notes([]);
  if (why !== "begin") changed();
  show(state);
  if (stillGuessing()) return;
  triedHere(state);
  request(state, !drawn);  // a slider may be on its way
});
const first = guess ? { state: untouched(), notes: [] } : fromLink();
begin(first.state);
if (first.notes.length) notes(first.notes);
addEventListener("hashchange", () => {
  const { state, notes: said } = fromLink();
  move(state);
  show(now());
  if (said.length) notes(said);
});

section("undo").addEventListener("click", () => undo());
section("redo").addEventListener("click", () => redo());
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  const writes = event.target.matches?.("textarea, input[type=text]");
  if (writes || (key !== "z" && key !== "y")) return;
  event.preventDefault();
  if (key === "y" || event.shiftKey) redo();
  else undo();
});
// What follows # is the state: links within the page leave it alone.
for (const skip of document.querySelectorAll("a.skip")) {
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    const target = section(skip.getAttribute("href").slice(1));
    target.tabIndex = -1;
    target.focus();
  });
}
darkScheme.addEventListener("change", redrawCurves);
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  resizeCurves();
});
// On a narrow screen the answer stands in a bar of its own beside what is changed, where it is out of sight: at the top, or
// at the bottom while the top of the page is seen, once something was changed there.
const seen = new Map();
const placeBar = () => {
  const top = seen.get(document.querySelector("header")) === true;
  document.body.classList.toggle("away", seen.get(section("cards")) === false && (!top || canUndo()));
  document.body.classList.toggle("at-top", top);
};
const watch = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) seen.set(target, isIntersecting);
  placeBar();
});
for (const one of [section("cards"), document.querySelector("header")]) watch.observe(one);
onMove(placeBar);
document.documentElement.dataset.ready = "yes";
