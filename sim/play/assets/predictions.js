// What people say beforehand: lines of "name, choice or number", and their spread beside the answer.
import { element, table } from "../../page/assets/elements.js";
import { joined } from "../../page/assets/figures.js";
import { figure } from "./start.js";

/** A number as people write it: 1,200 or 62.5 % or 1.2M or 62,5. */
const numberOf = (text) => {
  const found = /^([-+\u2212]?)(?:EUR|USD|GBP|[€$£])?\s*((?:\d{1,3}(?:[, ' ]\d{3})+|\d+)(?:[.,]\d+)?|[.,]\d+)\s*(bn|[kKmM%])?(?:\s*(?:points?|EUR|USD|GBP|[€$£]))?$/.exec(text.trim());
  if (!found) return null;
  const [, sign, digits, unit = ""] = found;
  const plain = digits.replace(/[, ' ](?=\d{3}(?:\D|$))/g, "").replace(",", ".");
  const scale = { k: 1e3, m: 1e6, b: 1e9 }[unit[0]?.toLowerCase()] ?? 1;
  return (sign && sign !== "+" ? -1 : 1) * Number(plain) * scale;
};
const choiceOf = (text, choices) => {
  const word = text.trim().toLowerCase();
  if (/^\d+$/.test(word) && Number(word) >= 1 && Number(word) <= choices.length) return Number(word) - 1;
  if (/^[a-z]$/.test(word) && word.charCodeAt(0) - 97 < choices.length) return word.charCodeAt(0) - 97;
  const same = choices.findIndex((choice) => choice.toLowerCase() === word);
  if (same >= 0) return same;
  const alike = word.length > 2 ? choices.map((choice, i) => (choice.toLowerCase().includes(word) ? i : -1)).filter((i) => i >= 0) : [];
  return alike.length === 1 ? alike[0] : null;
};
/** Reads pasted lines: { list: [{ name, value }], wrong: ["line 3: …"] }; values are choices, where there are some, or numbers. */
const readPredictions = (text, choices) => {
  const list = [], wrong = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (!line.trim()) continue;
    const parse = (word) => (choices ? choiceOf(word, choices) : numberOf(word));
    // The name ends at the first mark behind which something is understood; a line may be without a name.
    let found = parse(line) === null ? null : { name: "", value: parse(line) };
    const ends = choices ? /[,;:\t]/g : /[,;:\t]|\s(?=\S+(?:\s*%)?\s*$)/g;
    for (const { index } of found ? [] : line.matchAll(ends)) {
      const value = parse(line.slice(index + 1).replace(/^"|"$/g, ""));
      if (value === null) continue;
      found = { name: line.slice(0, index).trim().replace(/^"|"$/g, ""), value };
      break;
    }
    if (found) list.push(found);
    else wrong.push(`line ${i + 1}, “${line.trim().slice(0, 40)}”`);
  }
  return { list, wrong };
};

/** How many chose what, the answer marked. */
export const choiceSpread = (list, choices, answer) => {
  const most = Math.max(1, ...choices.map((_, c) => list.filter(({ value }) => value === c).length));
  return element("ul", { class: "spread", "aria-label": "Predictions" }, ...choices.map((choice, c) => {
    const who = list.filter(({ value }) => value === c), bar = element("span", { class: "bar", "aria-hidden": "true" });
    bar.style.width = `${(100 * who.length) / most}%`;
    return element("li", { class: c === answer ? "right" : undefined }, element("span", { class: "choice" }, choice, c === answer ? element("strong", {}, " ✓ the answer") : null),
      element("span", { class: "row" }, element("span", { class: "room" }, bar), element("span", { class: "count" }, `${who.length}${list.length > 1 ? ` of ${list.length}` : ""}`)),
      who.some(({ name }) => name) ? element("span", { class: "names" }, who.map(({ name }) => name).filter(Boolean).join(", ")) : null);
  }));
};
/** Predicted numbers as a strip of dots, beside "before" and the answer with its interval. `one`: the answer's figures of the metric. */
export const numberSpread = (list, metric, one) => {
  const unit = metric.kind === "share" ? 0.01 : 1, values = list.map(({ value }) => value * unit);
  const [low, high] = one.change?.[1] !== null && one.change ? [one.before[0] + one.change[1], one.before[0] + one.change[2]] : [one.now[1] ?? one.now[0], one.now[2] ?? one.now[0]];
  const all = [...values, low, high, one.now[0], one.before[0]];
  const least = Math.min(...all), room = (Math.max(...all) - least || 1) * 0.06;
  const at = (value) => `${(100 * (value - least + room)) / (Math.max(...all) - least + 2 * room)}%`;
  const strip = element("div", { class: "strip", "aria-hidden": "true" });
  const stacks = new Map();
  const put = (name, value, words) => {
    const node = element("span", { class: name, title: words });
    node.style.left = at(value);
    strip.append(node);
    return node;
  };
  const band = put("band", low);
  band.style.width = `calc(${at(high)} - ${at(low)})`;
  put("before", one.before[0]).append(element("em", {}, "before"));
  put("truth", one.now[0]).append(element("em", {}, "answer"));
  for (const [i, value] of values.entries()) {
    const column = Math.round(parseFloat(at(value)) / 1.6), height = stacks.get(column) ?? 0;
    stacks.set(column, height + 1);
    put("guess", value, `${list[i].name || "no name"}: ${figure(metric, value)}`).style.bottom = `${22 + 11 * height}px`;
  }
  strip.style.height = `${Math.max(90, 60 + 11 * Math.max(0, ...stacks.values()))}px`;
  const ranked = list.map((guess, i) => ({ ...guess, value: values[i], off: Math.abs(values[i] - one.now[0]) })).sort((a, b) => a.off - b.off);
  const middle = [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
  const closest = ranked.filter(({ off }) => off === ranked[0].off).map(({ name, value }) => `${name ? name + ", " : ""}${figure(metric, value)}`);
  return element("div", {}, element("p", { class: "verdict" }, joined(`The answer is ${figure(metric, one.now[0])}. The predictions go from ${figure(metric, Math.min(...values))} to ${figure(metric, Math.max(...values))}, half of them above ${figure(metric, middle)}. Closest: ${closest.slice(0, 3).join("; ")}.`)),
    strip, element("details", {}, element("summary", {}, "Table: predictions"), table("Predictions, the closest first", ["Name", "Prediction"], ranked.map(({ name, value }, i) => [name || `Prediction ${i + 1}`, joined(figure(metric, value))]))));
};

/** A box to gather predictions in: one by one, or pasted from a form. */
export const gatherBox = (id, choices, hint) => {
  const text = element("textarea", { id: `${id}-lines`, rows: 6, spellcheck: "false", "aria-describedby": `${id}-hint ${id}-read` });
  const read = element("p", { class: "note", id: `${id}-read`, role: "status" });
  const node = element("div", { class: "gather" }, element("label", { for: `${id}-lines` }, "Predictions, one a line: name, then what is predicted"), text,
    element("p", { class: "note", id: `${id}-hint` }, hint), read);
  const result = () => readPredictions(text.value, choices);
  text.addEventListener("input", () => {
    const { list, wrong } = result();
    read.textContent = `${list.length} prediction${list.length === 1 ? "" : "s"} read${wrong.length ? `; not understood: ${wrong.slice(0, 3).join("; ")}${wrong.length > 3 ? ` and ${wrong.length - 3} more` : ""}` : ""}.`;
  });
  return { node, result };
};
