#include <fmt/format.h>

#include <string>

#include "sojourn/base/text.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/map/journey_map.hpp"
#include "sojourn/map/journey_map_content.hpp"
#include "sojourn/map/journey_map_svg.hpp"

namespace sojourn::journey_map {

namespace {

constexpr std::string_view style = R"(
:root{color-scheme:light dark}
body{font:16px/1.5 sans-serif;margin:0 auto;padding:1.5rem;max-width:2000px;background:#fff;color:#16202b}
h1{margin:0;font-size:1.75rem;line-height:1.2}
h2{margin:2rem 0 .5rem;font-size:1.25rem}
.question{margin:.4rem 0 1rem;font-size:1.1rem;color:#3f4d5c}
figure{margin:0 -1.5rem;overflow-x:auto}
figure:focus-visible{outline:3px solid #0072b2}
figure svg{display:block}
#full:not(:checked)~figure svg{min-width:1100px;width:100%;height:auto}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem}
caption{text-align:left;color:#3f4d5c;padding-bottom:.5rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #c5d0db}
thead th{border-bottom:2px solid #566779}
th.n,td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td ul{margin:0;padding:0;list-style:none}
td li span{white-space:nowrap}
.weak{font-weight:bold;color:#b3261e}
@media (prefers-color-scheme:dark){
body{background:#0f1720;color:#e8eef5}.question,caption{color:#b8c4d1}
th,td{border-color:#2c3c4f}thead th{border-color:#8494a5}.weak{color:#ffb4a8}}
@media print{
@page{size:landscape;margin:10mm}
body{padding:0;max-width:none}figure{margin:0;overflow:visible}
main figure svg,main #full:not(:checked)~figure svg{min-width:0;width:100%;height:auto;max-height:165mm}
#full,label{display:none}
table{font-size:.7rem}h2{break-before:page}tr{break-inside:avoid}}
)";

std::string html(const MapContent& map) {
  std::string page;
  const std::string title = escape_markup(map.title);
  page += fmt::format(
      "<!DOCTYPE html>\n<!-- {2} -->\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"generator\" "
      "content=\"Sojourn\">\n"
      "<title>{0}: journey map</title>\n<style>{1}</style>\n</head>\n<body>\n<header>\n<h1>{0}</h1>\n",
      title + (map.plan.empty() ? "" : escape_markup(", under the plan " + map.plan)), style, file_mark);
  if (!map.question.empty()) page += fmt::format("<p class=\"question\">{}</p>\n", escape_markup(map.question));
  page += fmt::format(
      "</header>\n<main>\n<input type=\"checkbox\" id=\"full\"><label for=\"full\"> Full size</label>\n<figure "
      "tabindex=\"0\" aria-label=\"Journey map\">\n{}</figure>\n",
      svg(map, Heading::left_out));
  page += fmt::format(
      "<h2 id=\"touchpoints\">Touchpoints</h2>\n<div class=\"scroll\">\n<table aria-labelledby=\"touchpoints\">\n<caption>{}"
      "</caption>\n<thead><tr><th scope=\"col\">Stage</th><th scope=\"col\">Touchpoint</th><th scope=\"col\">Channel</th>"
      "<th scope=\"col\">Team</th><th scope=\"col\" class=\"n\">{}</th><th scope=\"col\" class=\"n\">Effort</th><th "
      "scope=\"col\" class=\"n\">Weight</th>"
      "<th scope=\"col\" class=\"n\">Starts</th><th scope=\"col\">Exits</th></tr></thead>\n<tbody>\n",
      escape_markup(reading_note(map)), map.measured ? "Satisfaction" : "Quality");
  for (std::size_t s = 0; s < stage_names.size(); ++s) {
    for (const MapTouchpoint& touchpoint : map.touchpoints) {
      if (touchpoint.stage != static_cast<Stage>(s)) continue;
      page += fmt::format("<tr><td>{}</td><th scope=\"row\">{}</th>", stage_title(touchpoint.stage),
                          escape_markup(touchpoint.name));
      if (touchpoint.end) {
        page += fmt::format("<td colspan=\"7\">end: {}</td></tr>\n", *touchpoint.end == End::lost ? "lost" : "churned");
        continue;
      }
      std::string changes;
      for (const std::string& change : touchpoint.changes) changes += "<li>plan: " + escape_markup(change) + "</li>";
      std::string channel = escape_markup(touchpoint.channel);
      if (touchpoint.place == Place::outside) channel += " (outside the organisation)";
      page += fmt::format(
          "<td>{}</td><td>{}</td><td class=\"n\">{}{:.2f}{}</td><td class=\"n\">{:.2f}</td><td "
          "class=\"n\">{}</td><td class=\"n\">{}</td><td><ul>",
          channel, escape_markup(touchpoint.team), touchpoint.weak ? "<span class=\"weak\">weak " : "", touchpoint.quality,
          touchpoint.weak ? "</span>" : "", touchpoint.effort,
          (touchpoint.weight > 1.0 ? "★ " : "") + number_text(touchpoint.weight),
          touchpoint.starts > 0.0 ? share_text(touchpoint.starts) : "");
      for (const std::size_t e : touchpoint.exits) {
        const MapExit& exit = map.exits[e];
        page += fmt::format("<li>{}: <span>{}</span></li>", escape_markup(map.touchpoints[exit.to].name),
                            escape_markup(label(exit)));
      }
      page += changes;
      if (touchpoint.stays > 0.0) page += fmt::format("<li>stays: {}</li>", share_text(touchpoint.stays));
      page += "</ul></td></tr>\n";
    }
  }
  page += "</tbody>\n</table>\n</div>\n</main>\n</body>\n</html>\n";
  return page;
}

}  // namespace

}  // namespace sojourn::journey_map

namespace sojourn {

std::string journey_html(const Model& model, const JourneyView& view) {
  return journey_map::html(journey_map::content(model, view));
}

}  // namespace sojourn
