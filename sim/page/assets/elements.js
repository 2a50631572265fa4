// Elements of the page: tables, legends, boxes for charts.

export const element = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};
export const section = (id) => document.getElementById(id);
export const grid = (parent, one = false) => {
  const box = element("div", { class: one ? "charts one" : "charts" });
  parent.append(box);
  return box;
};

// ---- tables
export const table = (caption, head, rows) => {
  const body = rows.map((row) =>
    element("tr", {}, ...row.map((cell, i) => {
      if (cell instanceof Node) return cell;
      return i === 0 ? element("th", { scope: "row" }, cell) : element("td", {}, cell);
    })));
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    element("table", {}, element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...head.map((cell) => (cell instanceof Node ? cell : element("th", { scope: "col" }, cell))))),
      element("tbody", {}, ...body)));
};
export const every = (list, most) => list.filter((_, i) => (list.length - 1 - i) % Math.ceil(list.length / most) === 0);

// ---- legends, as text, so that they wrap and are read
const drawing = (tag, attributes, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const markShape = (kind, colour) => ({
  circle: () => drawing("circle", { cx: 17, cy: 7, r: 4.5, fill: colour }),
  rect: () => drawing("rect", { x: 12.5, y: 2.5, width: 9, height: 9, fill: colour }),
  triangle: () => drawing("path", { d: "M17 2L22 12H12Z", fill: colour }),
  diamond: () => drawing("path", { d: "M17 1.5L22 7L17 12.5L12 7Z", fill: colour }),
  roundRect: () => drawing("rect", { x: 12.5, y: 2.5, width: 9, height: 9, rx: 3, fill: colour }),
  arrow: () => drawing("path", { d: "M17 2L21 12L17 9L13 12Z", fill: colour }),
  area: () => drawing("rect", { x: 6, y: 1, width: 22, height: 12, fill: colour }),
})[kind]();
export const legendItem = ({ name, colour, dash, mark }) => {
  const line = dash ? [drawing("line", { x1: 0, y1: 7, x2: 34, y2: 7, stroke: colour, "stroke-width": 2.5, "stroke-dasharray": dash === "solid" ? "none" : dash.join(" ") })] : [];
  return element("li", {}, drawing("svg", { width: 34, height: 14, "aria-hidden": "true" }, ...line, ...(mark ? [markShape(mark, colour)] : [])), name);
};
