// Checks of [lesson].
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "findings.hpp"
#include "sojourn/model/lesson.hpp"

namespace sojourn {
namespace {

using namespace checking;

/// What the checks need to know.
struct LessonContext {
  const ModelParts& parts;
  Findings& findings;
};

template <class List>
bool names(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

/// What a figure of visits needs of the touchpoints that it is about.
void check_visits(const LessonContext& context, const LessonFigure& figure, const std::string& here) {
  const auto require = [&](std::initializer_list<std::string_view> figures, auto has, std::string_view missing,
                           std::string_view hint) {
    if (!names(std::vector<std::string_view>(figures), figure.figure)) return;
    for (const TouchpointId id : figure.touchpoints) {
      const Touchpoint& touchpoint = context.parts.touchpoints[id.index()];
      if (has(touchpoint)) continue;
      context.findings.error(here + ".touchpoint", fmt::format("{} {}", in_quotes(touchpoint.id), missing),
                             std::string(hint));
    }
  };
  require(
      {"gave_up", "busy"}, [](const Touchpoint& one) { return one.queues(); }, "has no servers",
      "name a touchpoint with servers or a pool");
  require(
      {"solved_logged", "solved_true"}, [](const Touchpoint& one) { return one.solves_problems(); }, "solves nothing",
      "name a touchpoint with solves");
  require(
      {"matched", "mistargeted", "fit"}, [](const Touchpoint& one) { return one.shows_content(); }, "has no content",
      "name a touchpoint with content");
}

/// Of whom or what the figure is, which must have such a figure.
void check_subject(const LessonContext& context, const LessonFigure& figure, const std::string& here) {
  const ModelParts& parts = context.parts;
  const int subjects = (figure.touchpoints.empty() ? 0 : 1) + (figure.surveys.empty() ? 0 : 1) + (figure.tier ? 1 : 0);
  if (subjects > 1) {
    context.findings.error(here, "a figure is of touchpoints, of surveys or of a tier, not of several",
                           "write one figure for each");
    return;
  }
  const auto refuse = [&](std::string_view of) {
    std::string hint;
    if (names(lesson_people_figures, figure.figure)) hint += ", of all people: leave touchpoint, survey and tier out";
    if (names(lesson_visit_figures, figure.figure)) hint += ", of visits: touchpoint = \"...\"";
    if (names(lesson_survey_figures, figure.figure)) hint += ", of a survey: survey = \"...\"";
    if (names(lesson_tier_figures, figure.figure)) hint += ", of who reaches a tier: tier = 1";
    context.findings.error(here + ".figure", fmt::format("{} is no figure of {}", in_quotes(figure.figure), of),
                           "it is one" + hint.substr(1));
  };
  if (!figure.touchpoints.empty()) {
    if (!names(lesson_visit_figures, figure.figure)) return refuse("visits to touchpoints");
    return check_visits(context, figure, here);
  }
  if (!figure.surveys.empty()) {
    if (!names(lesson_survey_figures, figure.figure)) return refuse("surveys");
    return;
  }
  if (figure.tier) {
    if (!names(lesson_tier_figures, figure.figure)) return refuse("a tier");
    const bool there = std::any_of(parts.counters.begin(), parts.counters.end(), [&](const Counter& counter) {
      return std::find(counter.tiers.begin(), counter.tiers.end(), *figure.tier) != counter.tiers.end();
    });
    if (!there)
      context.findings.error(here + ".tier", fmt::format("no counter has a tier of {}", checking::text(*figure.tier)),
                             "name one of the tiers of a [[counter]]");
    return;
  }
  if (!names(lesson_people_figures, figure.figure)) return refuse("all people");
  const auto needs = [&](std::initializer_list<std::string_view> figures, bool there, std::string_view what) {
    if (there || !names(std::vector<std::string_view>(figures), figure.figure)) return;
    context.findings.error(here + ".figure", fmt::format("{} is undefined here", in_quotes(figure.figure)),
                           fmt::format("the scenario has no {}", what));
  };
  needs({"heard_positive", "heard_negative", "referred"}, parts.word_of_mouth.has_value(), "[word_of_mouth]");
  needs({"account_conversion", "account_retention"}, !parts.account_segments.empty(), "[[account_segment]]");
}

/// What the bars stand for.
void check_bars(const LessonContext& context, const Lesson& lesson, const LessonFigure& figure, const std::string& here) {
  const ModelParts& parts = context.parts;
  Findings& findings = context.findings;
  const bool of_people = figure.surveys.empty() && !figure.tier;
  if (figure.by == LessonBars::personas) {
    if (!of_people ||
        names(std::vector<std::string_view>{"npv", "investment", "account_conversion", "account_retention", "busy"},
              figure.figure))
      findings.error(here + ".by", "this figure has no parts by persona", "leave by out");
    else if (parts.personas.size() < 2)
      findings.warning(here + ".by", "has no effect: there is one persona", "leave it out");
  }
  if (figure.by == LessonBars::replications) {
    if (!of_people || !figure.touchpoints.empty())
      findings.error(here + ".by", "only figures of all people are shown by replication", "leave by out");
    else if (parts.settings.replications < 2)
      findings.warning(here + ".by", "there is one replication, and no interval",
                       "raise scenario.replications, or leave by out");
  }
  if (figure.luck == LessonLuck::another && !(figure.change && figure.by == LessonBars::replications))
    findings.warning(here + ".luck", "has no effect without change = true and by = \"replication\"", "leave it out");
  if (figure.extremes > 0) {
    if (figure.by != LessonBars::personas || figure.touchpoints.empty())
      findings.error(here + ".extremes", "extremes are those of personas at touchpoints",
                     "add by = \"persona\" and touchpoint = [\"...\"]");
    else if (2 * figure.extremes > parts.personas.size())
      findings.error(here + ".extremes",
                     fmt::format("of {} the lowest {} and the highest {} are not all different",
                                 counted(parts.personas.size(), "persona"), figure.extremes, figure.extremes),
                     parts.personas.size() < 2 ? std::string("leave extremes out")
                                               : fmt::format("write {} or less", parts.personas.size() / 2));
  }
  const auto run = [&](PlanId plan) {
    return plan.index() == 0 || lesson.plans.empty() ||
           std::find(lesson.plans.begin(), lesson.plans.end(), plan) != lesson.plans.end();
  };
  for (const PlanId plan : figure.plans) {
    if (!run(plan))
      findings.error(here + ".plan", fmt::format("plan {} is not run", in_quotes(parts.plans[plan.index()].id)),
                     "add it to the lesson's plans");
  }
  bool changed = false;
  for (std::size_t plan = 1; plan < parts.plans.size(); ++plan) {
    const bool shown =
        figure.plans.empty() || std::find(figure.plans.begin(), figure.plans.end(), PlanId(plan)) != figure.plans.end();
    changed = changed || (shown && run(PlanId(plan)));
  }
  if (!changed && (figure.change || figure.tier))
    findings.error(here + (figure.change ? ".change" : ".tier"), "no plan is shown that could be compared with the baseline",
                   "add a [[plan]], or name one in plan");
  if (figure.change && (figure.tier || figure.extremes > 0))
    findings.error(here + ".change", "this figure has no change", "leave change out");
}

void check_choices(const Lesson& lesson, Findings& findings) {
  constexpr std::size_t fewest = 2, most = 9;
  const std::size_t count = lesson.choices.size();
  if (count < fewest || count > most) {
    findings.error("lesson.choices",
                   fmt::format("there {} {}, but there must be 2 to 9", count == 1 ? "is" : "are", counted(count, "choice")),
                   "write each answer that a class may give: [\"the queue\", \"the drink\"]");
  } else if (lesson.answer > count) {
    findings.error("lesson.answer", fmt::format("answer is {}, but there are {}", lesson.answer, counted(count, "choice")),
                   "choices are counted from 1");
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string here = fmt::format("lesson.choices[{}]", i);
    if (lesson.choices[i].empty()) findings.error(here, "this choice is empty", "write what it says");
    if (!lesson.choices[i].empty() && !seen.insert(lesson.choices[i]).second)
      findings.error(here, "this choice is there already", "write each once");
  }
}

}  // namespace

std::vector<Finding> check(const Lesson& lesson, const ModelParts& parts) {
  Findings findings;
  const LessonContext context{parts, findings};
  const auto number = [&](const std::string& table, const std::string& key, const std::string& path, double value) {
    findings.number(path + "." + key, value, keys::table(table).find(key)->bounds);
  };
  number("lesson", "answer", "lesson", lesson.answer);
  number("lesson", "minutes", "lesson", lesson.minutes);
  check_choices(lesson, findings);
  const auto written = [&](const std::string& path, const std::string& words) {
    if (words.empty()) findings.error(path, "there are no words", "write what the class is to read");
  };
  written("lesson.predict", lesson.predict);
  written("lesson.because", lesson.because);
  written("lesson.baseline", lesson.baseline);
  if (lesson.without) written("lesson.without.words", lesson.without->words);
  for (std::size_t i = 0; i < lesson.to_try.size(); ++i)
    written(fmt::format("lesson.try[{}].words", i), lesson.to_try[i].words);
  if (lesson.show.empty()) findings.error("lesson.show", "no figure is shown", "write show = [ { figure = \"retained\" } ]");
  for (std::size_t i = 0; i < lesson.show.size(); ++i) {
    const LessonFigure& figure = lesson.show[i];
    const std::string here = fmt::format("lesson.show[{}]", i);
    if (figure.tier) number("lesson_figure", "tier", here, *figure.tier);
    const auto named = [](const auto& ids) {
      return std::all_of(ids.begin(), ids.end(), [](auto id) { return id.valid(); });
    };
    if (figure.figure.empty() || !named(figure.touchpoints) || !named(figure.surveys)) continue;
    check_subject(context, figure, here);
    check_bars(context, lesson, figure, here);
  }
  return std::move(findings).take();
}

}  // namespace sojourn
