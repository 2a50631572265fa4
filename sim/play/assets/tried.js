// What was tried: one row a state that was answered, back to it by a click.
import { element, section } from "../../page/assets/elements.js";
import { joined } from "../../page/assets/figures.js";
import { changeWords } from "./answer.js";
import { figure, headline, lookOf } from "./start.js";
import { decode, describe, encode, move, untouched } from "./state.js";

const most = 60;
let rows = [], here = "";

const show = () => {
  const box = section("tried-table"), focused = document.activeElement?.dataset?.of;
  section("tried").hidden = rows.length === 0;
  const body = rows.map(({ key, state, metrics }) => {
    const back = element("button", { type: "button", class: "back", "data-of": `back ${key}`, "aria-current": key === here ? "true" : undefined }, describe(state));
    back.addEventListener("click", () => move(decode(key).state));
    const remove = element("button", { type: "button", class: "remove", "data-of": `remove ${key}`, "aria-label": `Remove from the table: ${describe(state)}` }, "×");
    remove.addEventListener("click", () => {
      const at = rows.findIndex((row) => row.key === key);
      rows = rows.filter((row) => row.key !== key);
      show();
      (section("tried-table").querySelectorAll(".remove")[Math.min(at, rows.length - 1)] ?? section("undo")).focus();
    });
    return element("tr", { class: key === here ? "here" : undefined }, element("th", { scope: "row" }, back),
      ...headline.map(([metric, m]) => {
        const { now, change, shown: apart } = metrics[m];
        return element("td", { "data-label": metric.title, class: lookOf(metric, change, apart) || undefined }, joined(figure(metric, now[0])),
          change ? element("span", { class: "interval" }, joined(changeWords(metric, change, apart))) : null);
      }), element("td", {}, remove));
  });
  box.replaceChildren(element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": "States that were tried" },
    element("table", {}, element("caption", {}, "Every state that was settled; a click goes back to it"),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "State"), ...headline.map(([metric]) => element("th", { scope: "col" }, metric.title)), element("td", {}))),
      element("tbody", {}, ...body))));
  if (focused) [...box.querySelectorAll("button")].find((button) => button.dataset.of === focused)?.focus();
};
export const tried = (state, answer) => {
  const key = encode(state, Infinity), row = { key, state, metrics: answer.metrics };
  here = key;
  const at = rows.findIndex((one) => one.key === key);
  if (at >= 0) rows[at] = row;
  else rows.push(row);
  const first = encode(untouched(), Infinity);
  if (rows.length > most) rows.splice(rows.findIndex((one) => one.key !== first), 1);
  show();
};
export const triedHere = (state) => {
  here = encode(state, Infinity);
  show();
};
