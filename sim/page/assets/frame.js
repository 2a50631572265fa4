// A chart with its caption and the table behind it.
import { init, use } from "echarts/core";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";
import { element, legendItem } from "./elements.js";
import { joined } from "./figures.js";
import { look, printing } from "./look.js";

use([GridComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

export const charts = [];
export class Chart {
  /** `draw(width)` gives { option, words, table } for what is chosen now, height and legend where they matter, and the takeaway as a title
   *  that follows `title`; or null when there is nothing to show. */
  constructor(parent, title, draw, size = "", place = "folded") {
    this.draw = draw;
    this.legend = element("ul", { class: "legend", "aria-hidden": "true" });
    this.box = element("div", { class: `chart ${size}`, role: "img" });
    this.caption = element("figcaption");
    this.numbers = element("div", { class: "numbers" });
    const more = place === "beside" ? this.numbers : element("details", {}, element("summary", {}, "Table: " + title), this.numbers);
    const frame = size.includes("wide") ? element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, this.box) : this.box;
    this.heading = element("h3", {}, title);
    this.figure = element("figure", { class: place }, this.heading, this.legend, frame, this.caption, more);
    parent.append(this.figure);
    this.title = title;
    charts.push(this);
  }
  show() {
    this.figure.hidden = false;
    // The layout of paper is not known before it is printed: its widths are those of page.css.
    const paper = !this.figure.parentElement.matches(".one") ? 298 : this.figure.matches(".folded") ? 920 : 452;
    const drawn = this.draw(printing ? paper : this.box.clientWidth);
    this.figure.hidden = drawn === null;
    if (drawn === null) return;
    // On paper a chart is half as high: the page is to be held in a hand.
    const high = printing ? Math.round((drawn.height ?? 0) * 0.62) : drawn.height;
    this.box.style.height = high ? `${high}px` : "";
    const is = (name) => this.box.classList.contains(name);
    const onPaper = is("low") ? 130 : is("wide") ? 140 : 200;
    const paperSize = printing ? { width: paper, height: high || onPaper } : {};
    this.legend.replaceChildren(...(drawn.legend ?? []).map(legendItem));
    this.legend.hidden = !drawn.legend;
    // A chart of the same size is drawn on again, which is quicker and does not flicker.
    const size = printing ? "paper" : `${this.box.clientWidth} ${this.box.clientHeight}`;
    if (this.size !== size) {
      this.chart?.dispose();
      this.chart = init(this.box, null, { renderer: "canvas", devicePixelRatio: Math.max(2, devicePixelRatio), ...paperSize });
      this.size = size;
    }
    const { ink, soft, line, raised } = look();
    const axis = { axisLine: { lineStyle: { color: soft } }, axisTick: { show: false }, axisLabel: { color: soft, fontSize: 12 }, nameTextStyle: { color: soft, fontSize: 12 }, splitLine: { lineStyle: { color: line } } };
    const dress = (given) => given && { ...axis, ...given, axisLabel: { ...axis.axisLabel, ...given.axisLabel }, splitLine: { ...axis.splitLine, ...given.splitLine }, axisLine: { ...axis.axisLine, ...given.axisLine } };
    this.chart.setOption({
      animation: false,
      textStyle: { fontFamily: "system-ui, sans-serif", color: ink },
      ...drawn.option,
      xAxis: dress(drawn.option.xAxis),
      yAxis: dress(drawn.option.yAxis),
      tooltip: { renderMode: "richText", confine: true, backgroundColor: raised, borderColor: soft, textStyle: { color: ink, fontSize: 12 }, ...drawn.option.tooltip },
    }, true);
    const heading = drawn.title ? `${this.title}: ${drawn.title}` : this.title;
    this.heading.textContent = joined(heading);
    this.box.setAttribute("aria-label", `${heading}. ${drawn.words} The numbers are in the table below.`);
    this.caption.textContent = joined(drawn.words);
    this.numbers.replaceChildren(drawn.table);
  }
}
