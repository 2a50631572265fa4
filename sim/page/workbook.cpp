#include <fmt/format.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "report_content.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/map/journey_map_content.hpp"
#include "sojourn/page/report.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/optimum_report.hpp"
#include "sojourn/report/ranking_report.hpp"

namespace sojourn {
namespace {

namespace fs = std::filesystem;
using format::Kind;

/// A folder for the file that the library writes, gone with all that is in it.
class Scratch {
 public:
  Scratch() {
    std::error_code failed;
    std::string name = (fs::temp_directory_path(failed) / "sojourn-xlsx-XXXXXX").string();
    if (failed || mkdtemp(name.data()) == nullptr) {
      throw RunError("cannot make a temporary folder, which a workbook needs",
                     "let the environment variable TMPDIR name a folder that can be written", {}, ErrorCode::cannot_write);
    }
    folder_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

/// One sheet, filled from the top: a heading, then rows.
class Sheet {
 public:
  Sheet(lxw_workbook* book, const char* name, const std::vector<double>& widths, const std::vector<std::string>& head)
      : sheet_(workbook_add_worksheet(book, name)) {
    if (sheet_ == nullptr) throw RunError("the workbook's library refuses a sheet");
    lxw_format* bold = workbook_add_format(book);
    format_set_bold(bold);
    format_set_text_wrap(bold);
    format_set_bottom(bold, LXW_BORDER_THIN);
    for (std::size_t c = 0; c < head.size(); ++c) {
      const auto column = static_cast<lxw_col_t>(c);
      worksheet_set_column(sheet_, column, column, c < widths.size() ? widths[c] : widths.back(), nullptr);
      worksheet_write_string(sheet_, 0, column, head[c].c_str(), bold);
    }
    worksheet_freeze_panes(sheet_, 1, 0);
  }
  Sheet& row() {
    ++row_;
    column_ = 0;
    return *this;
  }
  Sheet& text(const std::string& words) {
    worksheet_write_string(sheet_, row_, column_++, shown_on_one_line(words).c_str(), nullptr);
    return *this;
  }
  /// Undefined numbers leave the cell empty.
  Sheet& number(double value, lxw_format* format = nullptr) {
    if (std::isfinite(value)) worksheet_write_number(sheet_, row_, column_, value, format);
    ++column_;
    return *this;
  }

 private:
  lxw_worksheet* sheet_;
  lxw_row_t row_ = 0;
  lxw_col_t column_ = 0;
};

class Workbook {
 public:
  Workbook(const Report& report, const fs::path& file) : report_(report), comparison_(report.comparison) {
    lxw_workbook_options options{};
    options.constant_memory = LXW_FALSE;
    book_ = workbook_new_opt(file.c_str(), &options);
    if (book_ == nullptr) throw RunError("out of memory");
    // Not const: older versions of the library ask for char*.
    std::string title = shown_on_one_line(report.outcomes.provenance.title);
    std::string author = "Sojourn";
    lxw_doc_properties properties{};
    properties.title = title.data();
    properties.author = author.data();
    properties.created = 86'400;  // equal results give equal files, so no time of day
    workbook_set_properties(book_, &properties);
    share_ = form("0.00%");
    score_ = form("0.0000");
    plain_ = form("#,##0.00");
    money_ = form("#,##0");
  }
  ~Workbook() {
    if (book_ != nullptr) lxw_workbook_free(book_);
  }
  Workbook(const Workbook&) = delete;
  Workbook& operator=(const Workbook&) = delete;

  void write() {
    about();
    plans();
    personas();
    touchpoints();
    surveys();
    if (report_.ranking != nullptr) leverage(*report_.ranking);
    if (report_.optimum != nullptr) budget();
    series();
    const lxw_error error = workbook_close(book_);
    book_ = nullptr;
    if (error != LXW_NO_ERROR) throw RunError(std::string("cannot write the workbook: ") + lxw_strerror(error));
  }

 private:
  lxw_format* form(const char* number) {
    lxw_format* format = workbook_add_format(book_);
    format_set_num_format(format, number);
    return format;
  }
  [[nodiscard]] lxw_format* form(const Metric& metric) const {
    switch (format::kind(metric)) {
      case Kind::share:
        return share_;
      case Kind::score:
      case Kind::number:
        return score_;
      case Kind::money:
        return metric.name == "clv" ? plain_ : money_;
      case Kind::points:
      case Kind::days:
        return plain_;
    }
    return nullptr;
  }

  void about() {
    Sheet sheet(book_, "About", {24, 110}, {"What", "Says"});
    const Provenance& from = report_.outcomes.provenance;
    sheet.row().text("Title").text(from.title);
    sheet.row().text("Question").text(report_.samples.question);
    for (const std::string& sentence : report_pages::answer(report_.samples, comparison_))
      sheet.row().text("Answer").text(sentence);
    sheet.row().text("Basis").text(report_pages::basis(report_.samples, comparison_));
    sheet.row().text("Currency").text(report_.samples.currency);
    sheet.row().text("Seed").text(std::to_string(from.seed));
    sheet.row().text("Made by").text(from.history);
    sheet.row().text("Sojourn").text(from.version);
  }

  void plans() {
    Sheet sheet(book_, "Plans", {22, 26, 14},
                {"Plan", "Metric", "Value", "Low", "High", "Difference to the baseline", "Low", "High", "About"});
    for (const PlanComparison& plan : comparison_.plans) {
      for (std::size_t m = 0; m < metrics().size(); ++m) {
        const Metric& metric = metrics()[m];
        if (!report_.samples.mechanisms.has(metric.needs)) continue;
        const Estimate &value = plan.metrics[m], &change = plan.differences[m];
        lxw_format* format = form(metric);
        sheet.row().text(plan.name).text(std::string(metric.label));
        sheet.number(value.mean, format).number(value.low, format).number(value.high, format);
        sheet.number(change.mean, format).number(change.low, format).number(change.high, format);
        sheet.text(std::string(metric.description));
      }
      if (&plan == &comparison_.plans.front()) continue;
      sheet.row()
          .text(plan.name)
          .text("Return on investment")
          .number(plan.roi.mean, plain_)
          .number(plan.roi.low, plain_)
          .number(plan.roi.high, plain_);
      sheet.row().text(plan.name).text("Payback, days");
      if (plan.payback_days) sheet.number(*plan.payback_days, plain_);
    }
  }

  void personas() {
    Sheet sheet(book_, "Personas", {22, 22, 26, 14},
                {"Persona", "Plan", "Metric", "Value", "Low", "High", "Difference to the baseline", "Low", "High"});
    const Samples& samples = report_.samples;
    for (std::size_t p = 0; p < samples.personas.size(); ++p) {
      for (std::size_t k = 0; k < samples.plans.size(); ++k) {
        const PlanSamples& plan = samples.plans[k];
        for (const Metric& metric : metrics()) {
          if (metric.scope != Scope::persona || !samples.mechanisms.has(metric.needs)) continue;
          const Estimate value = estimate(samples, k, metric, {Group::persona, p});
          const Estimate change = difference(samples, k, metric, {Group::persona, p});
          lxw_format* format = form(metric);
          sheet.row().text(samples.persona_names[p]).text(plan.name).text(std::string(metric.label));
          sheet.number(value.mean, format).number(value.low, format).number(value.high, format);
          sheet.number(change.mean, format).number(change.low, format).number(change.high, format);
        }
      }
    }
  }

  void touchpoints() {
    std::vector<std::string> head{"Plan", "Touchpoint", "Stage"};
    std::vector<const TouchMetric*> columns;
    for (const TouchMetric& metric : touch_metrics()) {
      if (of_some_touchpoints(metric.needs) && !report_.samples.mechanisms.has(metric.needs)) continue;
      columns.push_back(&metric);
      head.push_back(std::string(metric.description));
    }
    const bool queues = !report_.samples.plans.front().queues.empty();
    if (queues) {
      for (const QueueField& field : queue_fields()) head.push_back(std::string(field.long_name));
    }
    Sheet sheet(book_, "Touchpoints", {22, 26, 14}, head);
    const Samples& samples = report_.samples;
    for (std::size_t k = 0; k < samples.plans.size(); ++k) {
      const PlanSamples& plan = samples.plans[k];
      for (std::size_t v = 0; v < samples.touchpoints.size(); ++v) {
        sheet.row()
            .text(plan.name)
            .text(samples.touchpoint_names[v])
            .text(journey_map::stage_title(report_.model.parts().touchpoints[v].stage));
        for (const TouchMetric* metric : columns) sheet.number(estimate(samples, k, v, *metric).mean, score_);
        const auto queue =
            std::find_if(plan.queues.begin(), plan.queues.end(), [&](const QueueFigures& q) { return q.touchpoint == v; });
        for (const QueueField& field : queue_fields()) {
          if (!queues) break;
          sheet.number(queue == plan.queues.end() ? std::numeric_limits<double>::quiet_NaN() : (*queue).*field.member,
                       score_);
        }
      }
    }
  }

  /// Every figure of every survey.
  void surveys() {
    const Samples& samples = report_.samples;
    if (samples.surveys.empty()) return;
    Sheet sheet(book_, "Surveys", {26, 22, 30, 14}, {"Survey", "Plan", "Figure", "Value", "Low", "High"});
    for (std::size_t s = 0; s < samples.surveys.size(); ++s) {
      for (const PlanSamples& plan : samples.plans) {
        for (const SurveyMetric& metric : survey_metrics()) {
          const Estimate e = estimate(plan.surveys[s], metric);
          sheet.row().text(samples.survey_names[s]).text(plan.name).text(std::string(metric.label));
          sheet.number(e.mean, score_).number(e.low, score_).number(e.high, score_);
        }
      }
    }
  }

  static std::vector<std::string> with_differences(std::vector<std::string> head) {
    for (const std::string_view name : headline_metrics) {
      head.emplace_back(find_metric(name)->label);
      head.insert(head.end(), {"Low", "High"});
    }
    return head;
  }
  void add_differences(Sheet& sheet, const std::vector<Estimate>& differences) const {
    for (const std::string_view name : headline_metrics) {
      const Estimate& e = differences[metric_position(name)];
      lxw_format* format = form(*find_metric(name));
      sheet.number(e.mean, format).number(e.low, format).number(e.high, format);
    }
  }

  /// The best standard improvement of each touchpoint, alone.
  void leverage(const Ranking& ranking) {
    Sheet sheet(book_, "Leverage", {26, 16, 14},
                with_differences({"Touchpoint", "Best standard step", "Score", "Weight", "Visits per person", "Reach"}));
    for (const TouchpointLeverage& each : ranking.touchpoints) {
      sheet.row().text(each.name).text(each.best ? shift_words(each.pulls[*each.best]) : "");
      sheet.number(each.score, score_).number(each.weight, plain_).number(each.visits, plain_).number(each.reach, share_);
      if (each.best) add_differences(sheet, each.pulls[*each.best].differences);
    }
  }

  /// The best choices of improvements for what they cost.
  void budget() {
    Sheet sheet(book_, "Budget", {60, 14}, with_differences({"Buys", "Investment"}));
    for (const Choice* one : report_pages::frontier(report_)) {
      const Choice& choice = *one;
      const std::string words = choice_words(choice, report_.model);
      sheet.row().text(words.empty() ? "Nothing" : words).number(choice.investment.mean, money_);
      add_differences(sheet, choice.differences);
    }
  }

  void series() {
    const char* const names[] = {"prospects", "lost",      "customers", "churned",
                                 "bought",    "promoters", "passives",  "detractors"};
    std::vector<std::string> head{"Plan", "Day"};
    for (const char* name : names) head.push_back(std::string(name) + ", simulated people per replication");
    head.insert(head.end(), {"Net promoter score", "Low", "High"});
    Sheet sheet(book_, "Over time", {22, 10, 14}, head);
    const Samples& samples = report_.samples;
    const report_pages::Group everybody = report_pages::groups(samples).front();
    std::vector<std::vector<std::vector<double>>> people;
    for (const char* name : names) people.push_back(report_pages::stock(report_, name, everybody));
    const auto score = report_pages::promoter_score(report_, everybody);
    const auto replications = static_cast<double>(report_.outcomes.dimension("replication").size);
    // A sheet ends at 1,048,576 rows.
    const std::vector<std::size_t> kept =
        report_pages::thinned(samples.window_ends.size(), 1'000'000 / samples.plans.size());
    for (std::size_t k = 0; k < samples.plans.size(); ++k) {
      for (const std::size_t w : kept) {
        sheet.row().text(samples.plans[k].name).number(samples.window_ends[w], plain_);
        for (const auto& one : people) sheet.number(one[k][w] / replications, plain_);
        sheet.number(score[k][w].mean, plain_).number(score[k][w].low, plain_).number(score[k][w].high, plain_);
      }
    }
  }

  const Report& report_;
  const Comparison& comparison_;
  lxw_workbook* book_ = nullptr;
  lxw_format *share_ = nullptr, *score_ = nullptr, *plain_ = nullptr, *money_ = nullptr;
};

/// The zip archive `bytes`, which has no comment, with the mark as its comment. A program that saves the workbook drops it,
/// so that nobody's changes are replaced; a property of the document would stay.
std::string marked(std::string bytes) {
  constexpr std::size_t end_record = 22;  // without a comment: APPNOTE.TXT of PKWARE, section 4.3.16
  const std::size_t begin = bytes.size() < end_record ? 0 : bytes.size() - end_record;
  if (bytes.compare(begin, 4, "PK\x05\x06") != 0 || bytes.substr(bytes.size() - 2) != std::string_view("\0\0", 2))
    throw std::logic_error("libxlsxwriter ended a workbook as no zip archive ends");
  bytes[bytes.size() - 2] = static_cast<char>(file_mark.size());
  return bytes.append(file_mark);
}

}  // namespace

void require_workbook(const std::filesystem::path& path, const Replacing& may) {
  require_replaceable(path, may);
  const Scratch scratch;
}

void write_workbook(const Report& report, const std::filesystem::path& path, const Replacing& may) {
  FileReplacement kept(path, may);
  const Scratch scratch;
  const fs::path file = scratch.folder() / "tables.xlsx";
  Workbook(report, file).write();
  kept.write(marked(read_whole_file(file, std::uint64_t{1} << 30)));
  kept.finish();
}

}  // namespace sojourn
