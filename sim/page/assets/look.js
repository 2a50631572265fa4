// Colours, dashes and marks, on light, dark and printed paper.

// Okabe & Ito 2008, told apart by the colour-blind; lines differ in dash and mark as well.
const hues = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
export const dashes = ["solid", [8, 3], [3, 3], [10, 3, 2, 3], [14, 4], [2, 2]];
export const marks = ["circle", "rect", "triangle", "diamond", "roundRect", "arrow"];
export const darkScheme = matchMedia("(prefers-color-scheme: dark)");
export let printing = false;
export const setPrinting = (now) => { printing = now; };
export const look = () =>
  darkScheme.matches && !printing
    ? { ink: "#e8eef5", soft: "#b4c1cf", line: "#2c3c4f", paper: "#0f1720", raised: "#18232f", baseline: "#aab7c4" }
    : { ink: "#16202b", soft: "#47566a", line: "#d5dee7", paper: "#ffffff", raised: "#f4f7fa", baseline: "#5b6b7b" };
const lighter = ["#4aa3df", "#f08a3c", "#2bb88d", "#dc97bf", "#e9b33a", "#8acdf5"];  // on dark paper
export const tone = (i) => (darkScheme.matches && !printing ? lighter : hues)[i % hues.length];
