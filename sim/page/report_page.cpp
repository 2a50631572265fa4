#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "doubt_section.hpp"
#include "first_page.hpp"
#include "report_content.hpp"
#include "report_data.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/base/sha256.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/map/journey_map.hpp"
#include "sojourn/map/journey_map_content.hpp"
#include "sojourn/map/journey_map_svg.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/page/allowed_source.hpp"
#include "sojourn/page/report.hpp"
#include "sojourn/report/assumed_report.hpp"
#include "sojourn/report/caution_words.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/membership_words.hpp"
#include "sojourn/report/optimum_report.hpp"
#include "sojourn/report/ranking_report.hpp"
#include "sojourn/report/rule_words.hpp"

namespace sojourn::report_pages {

#ifdef SOJOURN_PAGES
// In the source that sim/page/assets/bundle.mjs makes.
extern const std::string_view page_script, page_style, charts_version;
constexpr bool built = true;
#else
constexpr std::string_view page_script, page_style, charts_version;
constexpr bool built = false;
#endif

namespace {

/// A page has less than 2 MB: its script and words, and of the rest no more than this.
constexpr std::size_t most_map_bytes = 500'000, most_scenario_bytes = 150'000, most_data_bytes = 950'000,
                      most_page_bytes = 1'900'000;

constexpr std::string_view place_of_maps = "<!-- maps -->";

class Page {
 public:
  explicit Page(const Report& report) : report_(report) {}

  std::string text() {
    const std::string data = data_json(report_, most_data_bytes);
    sections();
    provenance();
    const std::string appendix = std::exchange(out_, {});
    head();
    out_ += "<main>\n" + appendix + "</main>\n";
    foot();
    put("<script type=\"application/json\" id=\"data\">{}</script>\n<script>{}</script>\n</body>\n</html>\n", data,
        page_script);
    const std::string body = std::exchange(out_, {});
    maps(body.size() < most_page_bytes ? most_page_bytes - body.size() : 0);
    top();
    const std::size_t place = body.find(place_of_maps);  // in no text of the user: those have no "<"
    return out_ + body.substr(0, place) + map_text_ + body.substr(place + place_of_maps.size());
  }

 private:
  template <class... Args>
  void put(fmt::format_string<Args...> format, Args&&... args) {
    out_ += fmt::format(format, std::forward<Args>(args)...);
  }
  [[nodiscard]] std::string title() const { return escape_markup(shown_on_one_line(report_.outcomes.provenance.title)); }

  void top() {
    const std::string styles = allowed_source(page_style) + (map_style_.empty() ? "" : allowed_source(map_style_));
    put("<!DOCTYPE html>\n<!-- {} -->\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
        "http-equiv=\"Content-Security-Policy\" "
        "content=\"default-src 'none'; base-uri 'none'; form-action 'none'; script-src{}; style-src{}\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"Sojourn {}\">\n"
        "<title>{}</title>\n<style>{}</style>\n",
        file_mark, allowed_source(page_script), styles, escape_markup(report_.outcomes.provenance.version), title(),
        page_style);
    if (!map_style_.empty()) put("<style>{}</style>\n", map_style_);
    out_ += "</head>\n<body>\n<a class=\"skip\" href=\"#plans\">Skip to the plans</a>\n";
  }

  void head() {
    put("<header>\n<h1>{}</h1>\n", title());
    if (!report_.samples.question.empty())
      put("<p class=\"question\">{}</p>\n", escape_markup(shown_on_one_line(report_.samples.question)));
    out_ += first_page(report_);
    out_ += "</header>\n";
    contents();
    out_ +=
        "<div id=\"controls\" role=\"region\" aria-label=\"What is shown\"><form id=\"choices\">"
        "<label>Plan <select id=\"plan\"></select></label> <label>Persona <select id=\"persona\"></select></label>"
        "</form></div>\n<p id=\"status\" role=\"status\" class=\"skip\"></p>\n"
        "<noscript><p class=\"basis\">The charts and tables of this page need JavaScript; it loads nothing from "
        "anywhere.</p></noscript>\n";
  }

  /// What follows the first page.
  void contents() {
    out_ += "<nav id=\"contents\" aria-label=\"Contents of the appendix\"><span>Appendix:</span><ol>\n";
    for (const auto& [id, heading] : contents_) put("<li><a href=\"#{}\">{}</a></li>\n", id, heading);
    out_ += "</ol></nav>\n";
  }

  static std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

  void section(std::string_view id, std::string_view heading, std::string_view says, std::string_view inside) {
    put("<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n<h2 id=\"{0}-title\">{1}</h2>\n", id, heading);
    contents_.emplace_back(id, heading);
    if (!says.empty()) put("<p class=\"say\">{}</p>\n", says);
    put("{}\n</section>\n", inside);
  }

  void sections() {
    const bool compared = report_.samples.plans.size() > 1;
    section("plans", compared ? "Plans side by side" : "Figures at the horizon",
            compared ? "Every plan lives with the same customers and the same luck, so differences are sharper than the "
                       "figures themselves. Better and worse are said where that is shown at 5 %, "
                       "all plans allowed for (Holm 1979); where it says that a difference may be chance, there may be none."
                     : "",
            "<div id=\"plans-charts\"></div><div id=\"plans-table\"></div>");
    if (compared) {
      section("winners", "Who is better off, and where fewer leave",
              "The same customer on the same luck, under the plan and under the baseline. Better off: kept, where the "
              "baseline loses the same person, or as well kept or lost and more satisfied at the end, by more than 0.01.",
              "<div id=\"winners-charts\"></div>");
    }
    if (const auto members = report_.samples.tiers.empty()
                                 ? std::vector<std::string>()
                                 : membership_words::sentences(report_.samples, report_.comparison);
        !members.empty()) {
      std::string said;
      for (const std::string& sentence : members) said += sentence + "\n";
      section("members", "Members: what the plan does, and who they are",
              "Members are who reach a tier under the plan. The same people are lived once more without it, on the same "
              "luck: what "
              "they differ by is the plan's doing, the rest of their lead over others is who they are.",
              lines("lead", said));
    }
    section("retention", "How long customers stay", "", "<div id=\"retention-charts\"></div>");
    section("funnel", "The funnel over time", "", "<div id=\"funnel-charts\"></div>");
    section("nps", "What customers would say", "", "<div id=\"nps-charts\"></div>");
    section(
        "surveys", "What the company believes",
        "What the answers to surveys give, beside what is true of everybody: of the customers at each time (NPS), or of "
        "all visits. The gap is taken apart: who visits and how often, where is asked, who is drawn, who answers, and what "
        "is written down; the parts add up.",
        "<div id=\"survey-table\"></div><div id=\"survey-charts\"></div>");
    section("flow", "Where the journey leads", "", "<div id=\"flow-charts\"></div>");
    section(
        "map", "The journey map",
        std::string("Stages are lanes, colours are teams, shapes are channels. Bars show the satisfaction measured. Red: "
                    "the lowest of the company's own, at most three, below the middle of the scale, where people come "
                    "often enough to tell.") +
            (report_.ranking != nullptr ? " Below each bar: what one standard improvement there is worth." : "") +
            consistency(),
        "<p class=\"note\" id=\"map-note\"></p><p class=\"choice\"><label><input type=\"checkbox\" id=\"full-map\"> Full "
        "size</label></p><div class=\"map\" tabindex=\"0\" role=\"region\" aria-label=\"Journey map\">" +
            std::string(place_of_maps) + "</div>" + companys_map() + "<div id=\"touchpoint-table\"></div>");
    if (report_.ranking != nullptr) {
      section("leverage", "What is worth fixing",
              "The weakest touchpoint is not always the one to fix: what counts is how many pass it, what they remember of "
              "it, and what they do next. Each touchpoint is improved alone by a standard step, all on the same luck; shown "
              "is the best of its steps. " +
                  fmt::format("The weakest is sought among touchpoints with {:g} visits per person or more.", fewest_visits),
              lines("lead", ranking_answer(*report_.ranking)) + "<div id=\"leverage-charts\"></div>");
    }
    if (report_.optimum != nullptr) {
      section("budget", "What a budget buys",
              "Every choice of improvements is simulated as a whole, so what they do together is counted, not added up. The "
              "frontier is the best found for what it costs.",
              budget_words() + "<div id=\"budget-charts\"></div>");
    }
    if (report_.doubt != nullptr)
      section("doubt", "What we do not know, and what it is worth to find out", "", doubt_section(*report_.doubt));
    if (!report_.left_out.empty()) put("<p class=\"note\">{}</p>\n", escape_markup(report_.left_out));
    section("money", "Money", "", "<div id=\"money-charts\"></div>");
    section("personas", "For whom",
            compared ? "By persona, against the same people under the baseline; ~ marks what may be chance." : "",
            "<div id=\"persona-charts\"></div>");
    section("market", "Waiting, talking, deciding together, rules", "", "<div id=\"market-charts\"></div>");
  }

  /// Each line a paragraph.
  static std::string lines(std::string_view classes, const std::string& text) {
    std::istringstream all(text);
    std::string html;
    for (std::string line; std::getline(all, line);)
      html += fmt::format("<p class=\"{}\">{}</p>", classes, escape_markup(typographic(line)));
    return html;
  }

  /// Whether the journey is consistent; empty where nobody asked.
  [[nodiscard]] std::string consistency() const {
    const Samples& samples = report_.samples;
    std::string list;
    for (std::size_t k = 0; k < samples.appraisal_spreads.size(); ++k) {
      const AppraisalSpread& spread = samples.appraisal_spreads[k];
      if (std::isnan(spread.within)) return {};
      list += fmt::format("{}{:.3f} under {}", k > 0 ? ", " : "", spread.within, escape_markup(samples.plans[k].name));
    }
    if (list.empty()) return {};
    return fmt::format(
        " From visit to visit of one customer appraisals differ by a standard deviation of {}: the smaller, the "
        "more consistent the journey.",
        list);
  }

  /// What to buy, within the budget where there is one, and how sure that is.
  [[nodiscard]] std::string budget_words() const {
    const Optimum& best = report_.affordable != nullptr ? *report_.affordable : *report_.optimum;
    std::string words =
        lines("lead", optimum_answer(best, report_.model)) + lines("note", optimum_sureness(best, report_.model));
    if (report_.affordable != nullptr) {
      const std::string left = limit_words(*report_.optimum, report_.model);  // the budget of quarters holds all the same
      words += lines("note", (left.empty() ? "Without a limit: " : "Within " + left + " and no other limit: ") +
                                 first_line(optimum_answer(*report_.optimum, report_.model)));
    }
    return words;
  }

  /// What is told of the company's own map, under the first plan; empty where it has none.
  [[nodiscard]] std::string companys_map() const {
    if (report_.model.parts().assumed.empty()) return {};
    const std::vector<Plan>& plans = report_.model.parts().plans;
    const auto first = std::find_if(plans.begin(), plans.end(),
                                    [&](const Plan& plan) { return plan.id == report_.samples.plans.front().id; });
    const PlanId plan(static_cast<std::size_t>(first - plans.begin()));
    return lines("lead", "Under " + (first->name.empty() ? first->id : first->name) + ": " +
                             assumed_answer(assumed_journey(report_.model, report_.outcomes, plan), report_.model));
  }

  /// The journey map of each plan, as long as there is room in so many bytes, and their one style. The first is always
  /// there.
  void maps(std::size_t bytes) {
    const std::size_t room = std::min(most_map_bytes, bytes);
    const ModelParts& parts = report_.model.parts();
    for (std::size_t k = 0; k < report_.samples.plans.size(); ++k) {
      const auto plan = std::find_if(parts.plans.begin(), parts.plans.end(),
                                     [&](const Plan& one) { return one.id == report_.samples.plans[k].id; });
      JourneyView view;
      view.plan = PlanId(static_cast<std::size_t>(plan - parts.plans.begin()));
      view.results = &report_.outcomes;
      view.ranking = report_.ranking;
      std::optional<AssumedJourney> assumed;
      if (!parts.assumed.empty()) {
        assumed = assumed_journey(report_.model, report_.outcomes, *view.plan);
        view.assumed = &*assumed;
      }
      std::string map =
          journey_map::svg(journey_map::content(report_.model, view), journey_map::Heading::left_out, fmt::format("-{}", k));
      const std::size_t begin = map.find("<style>"), end = map.find("</style>");
      const std::string style = map.substr(begin + 7, end - begin - 7);
      // The styles of all plans are the same: one journey, one set of teams.
      if (map_style_.empty()) map_style_ = style;
      map.erase(begin, end + 8 - begin);
      map.insert(4, fmt::format(" data-plan=\"{}\"{}", escape_markup(plan->id), k > 0 ? " hidden=\"\"" : ""));
      if (k > 0 && map_text_.size() + map.size() > room) break;
      map_text_ += map;
    }
  }

  /// "EUR 20,000 once, EUR 1,000 a month"; empty where it costs nothing.
  [[nodiscard]] std::string price_of(const Improvement& improvement) const {
    std::string price;
    const auto add = [&](double amount, const char* how) {
      if (amount > 0.0) price += (price.empty() ? "" : ", ") + format::money(amount, report_.samples.currency) + how;
    };
    add(improvement.price.once, " once");
    add(improvement.price.per_month, " a month");
    add(improvement.price.per_visit, " a visit");
    return price;
  }

  void provenance() {
    const ModelParts& parts = report_.model.parts();
    const Provenance& from = report_.outcomes.provenance;
    contents_.emplace_back("assumptions", "What this rests on");
    out_ +=
        "<section id=\"assumptions\" aria-labelledby=\"assumptions-title\">\n<h2 id=\"assumptions-title\">What this "
        "rests on</h2>\n<p class=\"say\">Every figure follows from the assumptions of the scenario. The intervals say "
        "how much luck is left in the simulation; they do not say how well the assumptions fit your "
        "customers.</p>\n<dl class=\"facts\">\n";
    const auto fact = [&](std::string_view name, const std::string& value) {
      put("<dt>{}</dt><dd>{}</dd>\n", name, escape_markup(shown_on_one_line(value)));
    };
    fact("Market", counted(report_.samples.market, "person", "people"));
    fact("Horizon", format::duration(report_.samples.horizon));
    fact("Discount rate", fmt::format("{:g} % per year", 100.0 * parts.settings.discount));
    std::string personas;
    for (const Persona& persona : parts.personas)
      personas += fmt::format("{}{} ({:.0f} %)", personas.empty() ? "" : ", ", persona.name, 100.0 * persona.share);
    fact("Personas", personas);
    for (const PlanSamples& plan : report_.samples.plans) {
      const auto found =
          std::find_if(parts.plans.begin(), parts.plans.end(), [&](const Plan& one) { return one.id == plan.id; });
      std::string list;
      for (const ImprovementId id : found->improvements) {
        const Improvement& improvement = parts.improvements[id.index()];
        list +=
            (list.empty() ? "" : "; ") + (improvement.change.name.empty() ? improvement.change.id : improvement.change.name);
        if (const std::string price = price_of(improvement); !price.empty()) list += " (" + price + ")";
      }
      for (const RuleId id : found->rules)
        list += (list.empty() ? "" : "; ") + ("goes by the rule " + rule_words::name(parts.rules[id.index()]));
      if (!list.empty()) fact(escape_markup("Plan " + plan.name), list);
    }
    for (const RuleId id : rules_in_use(parts)) {
      const Rule& rule = parts.rules[id.index()];
      std::string text = rule_words::condition(parts, rule);
      for (const ImprovementId switched : {rule.switch_on, rule.switch_off}) {
        const std::string price = switched.valid() ? price_of(parts.improvements[switched.index()]) : "";
        if (!price.empty())
          text += fmt::format("; {} costs {} while it is on",
                              switched == rule.switch_on ? "what it switches on" : "what it switches off", price);
      }
      fact(escape_markup("Rule " + rule_words::name(rule)), text);
    }
    fact("Customers simulated", grouped(static_cast<double>(report_.samples.customers)));
    fact("Replications", fmt::format("{}", report_.samples.replications));
    const auto beside = [&](std::string_view name, const Samples& samples, const std::string& more) {
      fact(name, fmt::format("simulated for this page: {}, {}{}", counted(samples.customers, "customer"),
                             counted(samples.replications, "replication"), more));
    };
    if (report_.ranking != nullptr)
      beside("What is worth fixing", report_.ranking->samples,
             fmt::format(", {} plans, under {}", report_.ranking->plans, report_.ranking->samples.plans.front().name));
    if (report_.doubt != nullptr)
      fact("What is not known", fmt::format("simulated for this page: {} draws, {}, {} replications each",
                                            report_.doubt->draws.values.front().size(),
                                            counted(report_.doubt->draws.customers, "customer"), replications_of_a_draw));
    if (report_.optimum != nullptr)
      beside("What a budget buys", report_.optimum->samples, fmt::format(", {} choices", report_.optimum->tried));
    if (report_.samples.plans.size() > 1) {
      for (const std::string& caution : caution_words::cautions(report_.samples, report_.comparison))
        fact("Caution", caution);
    }
    fact("Seed", fmt::format("{}", from.seed));
    fact("Made by", from.history);
    fact("Sojourn", from.build.empty() ? from.version : from.build);
    fact("SHA-256 of the scenario", sha256_hex(from.scenario_toml));
    fact("SHA-256 of the results", content_sha256(report_.outcomes));
    out_ += "</dl>\n";
    if (from.scenario_toml.size() <= most_scenario_bytes) {
      put("<details><summary>The scenario, as it was simulated</summary>\n<pre tabindex=\"0\">{}</pre></details>\n",
          escape_markup(from.scenario_toml));
    }
    out_ += "</section>\n";
  }
  void foot() {
    put("<footer><p class=\"note\">Made by Sojourn {} from a results file; charts by {} (Apache-2.0). Colours by Okabe "
        "&amp; "
        "Ito (2008).</p></footer>\n",
        escape_markup(report_.outcomes.provenance.version), charts_version);
  }

  const Report& report_;
  std::string out_, map_text_, map_style_;
  std::vector<std::pair<std::string, std::string>> contents_;  // id and heading of each section
};

}  // namespace

}  // namespace sojourn::report_pages

namespace sojourn {

bool pages_built() { return report_pages::built; }

std::string report_page(const Report& report) {
  if (!pages_built()) throw std::logic_error("this build has no pages");
  return report_pages::Page(report).text();
}

}  // namespace sojourn
