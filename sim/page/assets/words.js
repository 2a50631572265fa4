// Figures as text, with the units of this report.
import { currency, data } from "./data.js";
import { month } from "./figures.js";

export * from "./figures.js";
export const unitOf = { share: "%", money: currency, days: "days", points: "points", score: "0 to 1", number: "per person" };
export const differenceUnit = { ...unitOf, share: "percentage points", score: "on a scale from 0 to 1" };
export const unit = (metric, of) => (metric.name === "clv" ? `${currency} per person` : of[metric.kind]);
export const days = data.horizon > 100 ? (d) => (d / month).toFixed(0) : (d) => (+d.toFixed(1)).toString();
export const timeName = data.horizon > 100 ? "months" : "days";
