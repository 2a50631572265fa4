// A lesson: a question, a prediction to make first, the reveal. And a class before any scenario, whose predictions are gathered first.
import { element, section } from "../../page/assets/elements.js";
import { joined } from "../../page/assets/figures.js";
import { choiceSpread, gatherBox, numberSpread } from "./predictions.js";
import { figure, metrics, start } from "./start.js";
import { decode, move } from "./state.js";

const { lesson } = start;
const veil = (on) => document.body.classList.toggle("veiled", on);
const buttonOf = (text, attributes = {}) => element("button", { type: "button", ...attributes }, text);

// ---- what a lesson shows
/** A figure of the reveal: a bar for each value, from nothing on, with the interval as a line. */
const barsOf = ({ title, bars }) => {
  const numbers = bars.flatMap(({ value }) => value.filter((one) => one !== null));
  const low = Math.min(0, ...numbers), high = Math.max(0, ...numbers), span = high - low || 1;
  const at = (value) => `${(100 * (value - low)) / span}%`;
  let group = "";
  const rows = bars.flatMap(({ group: its, label, value: [mean, from, to], text, half }) => {
    const heading = its && its !== group ? [element("li", { class: "reveal-group" }, its)] : [];
    group = its;
    const bar = element("span", { class: "reveal-bar" }), whisker = element("span", { class: "reveal-whisker" }), track = element("span", { class: "reveal-track", "aria-hidden": "true" }, bar, whisker);
    bar.style.left = at(Math.min(0, mean ?? 0));
    bar.style.width = `${(100 * Math.abs(mean ?? 0)) / span}%`;
    whisker.hidden = from === null;
    if (from !== null) {
      whisker.style.left = at(from);
      whisker.style.width = `${(100 * (to - from)) / span}%`;
    }
    return [...heading, element("li", {}, element("span", { class: "reveal-label" }, label), track, element("span", { class: "reveal-value" }, `${text}${half ? ` ± ${half}` : ""}`))];
  });
  return element("figure", { class: "lesson-figure" }, element("figcaption", {}, title), element("ul", { class: "reveal-bars" }, ...rows));
};

// ---- lessons
const reveal = (mine, gathered) => {
  const box = section("lesson"), list = gathered.length ? gathered : [];
  const all = mine === null ? list : [...list, { name: "you", value: mine }];
  const right = mine === null ? "" : mine === lesson.answer ? "You predicted it. " : `You predicted: ${lesson.choices[mine]}. `;
  const tries = (lesson.try ?? []).map(({ text, state, command }) => {
    if (state === null) return element("li", {}, text, " ", element("code", {}, command));
    const button = buttonOf(text, { class: "try" });
    button.addEventListener("click", () => {
      move(decode(state).state);
      section("answer").scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    });
    return element("li", {}, button);
  });
  const source = (text) => (/^https?:\/\/\S+$/.test(text) ? element("a", { href: text, rel: "noreferrer noopener", target: "_blank" }, text) : text);
  const title = element("h2", { id: "lesson-title", tabindex: "-1" }, lesson.predict);
  box.replaceChildren(title,
    element("p", { class: "verdict" }, right, "The answer: ", element("strong", {}, lesson.choices[lesson.answer]), "."),
    all.length > 1 ? choiceSpread(all, lesson.choices, lesson.answer) : null,
    ...(lesson.figures ?? []).map(barsOf),
    element("p", { class: "because" }, lesson.because ?? ""),
    lesson.without ? element("details", {}, element("summary", {}, `The same, but ${lesson.without.words}`), ...lesson.without.figures.map(barsOf)) : null,
    ...(tries.length ? [element("h3", {}, "Try next"), element("ul", { class: "tries" }, ...tries)] : []),
    ...(lesson.sources?.length ? [element("details", {}, element("summary", {}, "Sources"), element("ul", {}, ...lesson.sources.map((one) => element("li", {}, source(one)))))] : []));
  for (const empty of [...box.childNodes].filter((node) => node.nodeType === 3)) empty.remove();
  document.body.classList.remove("guessing");
  section("class").hidden = false;
  move(decode(lesson.state ?? "").state);
  title.focus();
};
/** Whether a prediction is made first. */
export const startLesson = () => {
  const box = section("lesson");
  if (!lesson) return false;
  box.hidden = false;
  document.body.classList.add("guessing");
  const radios = lesson.choices.map((choice, c) => {
    const radio = element("input", { type: "radio", name: "prediction", id: `prediction-${c}`, value: c });
    return element("div", { class: "option" }, radio, element("label", { for: `prediction-${c}` }, element("span", { class: "letter", "aria-hidden": "true" }, `${c + 1}`), choice));
  });
  const gather = gatherBox("lesson-class", lesson.choices, `For example “Ann, 2”, “Ann, B” or the words of a choice: ${lesson.choices.map((choice, c) => `${c + 1} ${choice}`).join("; ")}.`);
  const note = element("p", { class: "note", id: "predict-first", role: "alert" });
  const go = element("button", { type: "submit", id: "reveal", class: "strong" }, "See the answer");
  const form = element("form", { id: "predictions" }, element("fieldset", {}, element("legend", { class: "hidden-label" }, "Your prediction"), ...radios),
    element("details", { id: "gather-class" }, element("summary", {}, "A class predicts"), gather.node), go, note);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = form.querySelector("input[name=prediction]:checked"), { list } = gather.result();
    if (!chosen && !list.length) {
      note.textContent = "Choose first what you expect: being wrong first is how it is learnt.";
      form.querySelector("input[name=prediction]").focus();
      return;
    }
    reveal(chosen ? Number(chosen.value) : null, list);
  });
  box.replaceChildren(element("p", { class: "over" }, "Predict first"), element("h2", { id: "lesson-title" }, lesson.predict), form);
  return true;
};

// ---- a class
let shown = null, latest = null;
const showSpread = () => {
  if (!shown || !latest) return;
  const one = latest.metrics[shown.m];
  section("class-spread").replaceChildren(element("h3", { tabindex: "-1", id: "class-spread-title" }, shown.list.length ? `${shown.list.length} predictions of ${metrics[shown.m].title.toLowerCase()}` : "Nobody predicted"),
    shown.list.length ? numberSpread(shown.list, metrics[shown.m], one) : element("p", { class: "note" }, joined(`The answer is ${figure(metrics[shown.m], one.now[0])}.`)));
};
export const startClass = () => {
  const list = metrics.map((metric, m) => [metric, m]).filter(([metric]) => metric.headline);
  const which = element("select", { id: "class-metric" }, ...(list.length ? list : metrics.map((metric, m) => [metric, m])).map(([metric, m]) => element("option", { value: m }, metric.title)));
  const gather = gatherBox("class", null, "For example “Ann, 62 %” or “Ann; 1.2M”, typed here or pasted from a form.");
  const hide = buttonOf("Hide the answer", { id: "hide-answer" }), show = buttonOf("Reveal", { id: "show-answer", class: "strong", disabled: true });
  hide.addEventListener("click", () => {
    veil(true);
    shown = null;
    section("class-spread").replaceChildren();
    hide.disabled = true;
    show.disabled = false;
    section("class-lines").focus();
  });
  show.addEventListener("click", () => {
    veil(false);
    shown = { m: Number(which.value), list: gather.result().list };
    hide.disabled = false;
    show.disabled = true;
    showSpread();
    section("class-spread-title")?.focus();
  });
  section("class-box").append(element("p", { class: "note" }, "Hide the answer, choose what is changed, gather predictions, then reveal."),
    element("p", {}, element("label", { for: "class-metric" }, "What is predicted: "), which), element("p", { class: "buttons" }, hide), gather.node, element("p", { class: "buttons" }, show), element("div", { id: "class-spread" }));
  if (lesson) section("class").hidden = true;
};
export const classAnswer = (answer) => {
  latest = answer;
  showSpread();
};
export const stillGuessing = () => document.body.classList.contains("guessing");
export const changed = () => { if (shown) { shown = null; section("class-spread").replaceChildren(); } };
