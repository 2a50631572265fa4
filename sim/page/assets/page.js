// The report's script: reads the numbers in the element `data`, draws the charts, and puts a table behind each.
import { charts } from "./chart.js";
import { chosen, groups, plans, whom } from "./data.js";
import { budget, tornado, waterfall } from "./decisions.js";
import { element, section } from "./elements.js";
import { flow, journey, winners } from "./journey.js";
import { darkScheme, setPrinting } from "./look.js";
import { funnel, market, personas, promoters, retention, surveys, surveyTable } from "./people.js";
import { outcomes, plansTable, side } from "./plans.js";

const status = section("status");
const refresh = (said) => {
  outcomes();
  plansTable();
  journey();
  surveyTable();
  for (const chart of charts) chart.show();
  if (said) status.textContent = `Showing ${plans[chosen.plan].name}, ${whom()}.`;
};
const choose = (id, list, key) => {
  const select = section(id);
  for (const [i, { name }] of list.entries()) select.append(element("option", { value: i, selected: i === chosen[key] }, name));
  if (list.length < 2) select.parentElement.hidden = true;
  select.addEventListener("change", () => {
    chosen[key] = Number(select.value);
    refresh(true);
  });
};
choose("plan", plans, "plan");
choose("persona", groups, "group");
if (plans.length < 2 && groups.length < 2) section("controls").remove();
section("choices")?.addEventListener("submit", (event) => event.preventDefault());
section("full-map")?.addEventListener("change", () => journey());
side();
winners();
retention();
funnel();
promoters();
surveys();
flow();
tornado();
budget();
waterfall();
personas();
market();
refresh(false);
for (const entry of document.querySelectorAll("#contents a")) if (!document.querySelector(entry.getAttribute("href"))) entry.parentElement.remove();
darkScheme.addEventListener("change", () => refresh(false));
// Paper is white, and of another width than the screen.
addEventListener("beforeprint", () => { setPrinting(true); refresh(false); });
addEventListener("afterprint", () => { setPrinting(false); refresh(false); });
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  for (const chart of charts) if (chart.chart) chart.chart.resize();
});
document.documentElement.dataset.ready = "yes";
