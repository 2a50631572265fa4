// The numbers of the report, and what is chosen to be shown.
import { look, tone } from "./look.js";

export const data = JSON.parse(document.getElementById("data").textContent);
export const { plans, groups, metrics, currency } = data;
export const position = Object.fromEntries(metrics.map((metric, i) => [metric.name, i]));
/** A metric of a plan, for a group: its value, or its difference to the baseline; null where the page has none. */
export const valueOf = (group, plan, metric) => data.values[group][plan]?.[metric] ?? null;
export const differenceOf = (group, plan, metric) => data.differences[group][plan]?.[metric] ?? null;
export const compared = plans.length > 1;
/** The names of the plans, mostly one, that are shown to have most of a metric, in a group; none where chance may have put one first, undefined where nobody looked: plans are held against one another in headline metrics of all people. */
export const highestShown = (group, metric) => {
  if (group === 0 && data.highest && metric in data.highest) return (data.highest[metric] ?? []).map((plan) => plans[plan].name);
  const change = plans.length === 2 ? differenceOf(group, 1, position[metric]) : null;
  if (!change) return undefined;
  return change[5] ? [plans[change[0] > 0 ? 1 : 0].name] : [];
};
/** "A", "A and B", "A, B and C". */
export const listNames = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join(""));
/** The colour of a plan. */
export const hue = (k) => (compared && k === 0 ? look().baseline : tone(k - (compared ? 1 : 0)));
/** The plan that the first sentence names is shown first. */
export const chosen = { plan: compared ? Math.max(1, data.goal_leader) : 0, group: 0 };

const group = () => groups[chosen.group];
export const curveGroup = () => (group().curves ? chosen.group : 0);
export const whom = () => (chosen.group === 0 ? "all customers" : group().name);
export const curveWhom = () => (curveGroup() === 0 ? "all customers" : group().name);
