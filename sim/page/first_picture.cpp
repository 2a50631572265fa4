#include "first_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "report_content.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/report/format.hpp"

namespace sojourn::report_pages {
namespace {

class WorthPicture {
 public:
  WorthPicture(const Samples& samples, const Comparison& comparison, const Answer& found,
               const std::vector<std::size_t>& shown)
      : samples_(samples), comparison_(comparison), found_(found), shown_(shown) {}

  std::string text() {
    constexpr double width = 520.0, height = 330.0;
    const std::size_t npv = metric_position("npv"), retained = metric_position("retained");
    const Scale x = scale_of(npv, 16.0, width - 16.0), y = scale_of(retained, height - 48.0, 42.0);
    put("<figure class=\"picture\"><h2>{}</h2>\n<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"", html(takeaway()),
        width, height);
    for (const std::size_t k : shown_) {
      put("{}: {} {}, {} customers kept. ", html(comparison_.plans[k].name), samples_.currency,
          html(format::difference(metric("npv"), comparison_.plans[k].differences[npv], "")),
          html(format::difference(metric("retained"), comparison_.plans[k].differences[retained], "")));
    }
    out_ += "\">\n";
    const double zero_x = x.at(0.0), zero_y = y.at(0.0);
    put("<rect class=\"good\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n", zero_x, y.to, x.to - zero_x,
        std::max(0.0, zero_y - y.to));
    put("<path class=\"axis\" d=\"M{:.1f} {:.1f}H{:.1f}M{:.1f} {:.1f}V{:.1f}\"/>\n", x.from, zero_y, x.to, zero_x, y.from,
        y.to);
    const auto corner = [&](double at_x, double at_y, const char* anchor, const std::string& words) {
      put("<text class=\"soft\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", at_x, at_y, anchor, html(words));
    };
    // Words at the corners and marks first, then names where they hide least.
    const double below_axis = std::min(zero_y + 15.0, height - 34.0);
    std::vector<Box> taken{{zero_x - 1.0, y.to, zero_x + 1.0, y.from},
                           {x.from, zero_y - 1.0, x.to, zero_y + 1.0},
                           {zero_x + 5.0, below_axis - 11.0, zero_x + 60.0, below_axis + 3.0},
                           {x.from, 0.0, x.from + 260.0, 19.0}};
    if (width - 16.0 - zero_x > 130.0) {
      corner(x.to, y.to - 6.0, "end", "pays and keeps more");
      taken.push_back({x.to - 125.0, y.to - 17.0, x.to, y.to - 2.0});
    }
    if (zero_x - 16.0 > 150.0) {
      corner(x.from, y.to - 6.0, "start", "keeps more, but loses money");
      taken.push_back({x.from, y.to - 17.0, x.from + 165.0, y.to - 2.0});
    }
    for (const std::size_t k : shown_) {
      const Difference &worth = comparison_.plans[k].differences[npv], &kept = comparison_.plans[k].differences[retained];
      const double at_x = x.at(worth.mean), at_y = y.at(kept.mean);
      taken.push_back({at_x - 7.0, at_y - 7.0, at_x + 7.0, at_y + 7.0});
      if (!std::isnan(worth.low)) {
        put("<path class=\"whisker\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>\n", x.at(worth.low), at_y, x.at(worth.high));
        taken.push_back({x.at(worth.low), at_y - 2.0, x.at(worth.high), at_y + 2.0});
      }
      if (!std::isnan(kept.low)) {
        put("<path class=\"whisker\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>\n", at_x, y.at(kept.low), y.at(kept.high));
        taken.push_back({at_x - 2.0, y.at(kept.high), at_x + 2.0, y.at(kept.low)});
      }
      put("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"6\"/>\n", sojourn::name(found_.plans[k].worth), at_x, at_y);
    }
    for (const std::size_t k : shown_) {
      const std::string name = shortened_name(comparison_.plans[k].name);
      const Label label = place(name, x.at(comparison_.plans[k].differences[npv].mean),
                                y.at(comparison_.plans[k].differences[retained].mean), width, taken);
      taken.push_back(label.box);
      put("<text class=\"name\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", label.x, label.y,
          label.left ? "end" : "start", html(name));
    }
    corner(zero_x + 5.0, below_axis, "start", "baseline");
    corner(x.to, height - 8.0, "end",
           fmt::format("net present value, {} ({} to {})  →", samples_.currency,
                       format::difference(metric("npv"), x.low, ""), format::difference(metric("npv"), x.high, "")));
    corner(x.from, 14.0, "start",
           fmt::format("↑  customers kept ({} to {})", format::difference(metric("retained"), y.low, ""),
                       format::difference(metric("retained"), y.high, "")));
    out_ +=
        "</svg>\n<figcaption>Each mark is a plan; its lines are the 95 % intervals of the table.</figcaption></figure>\n";
    return std::move(out_);
  }

 private:
  template <class... Args>
  void put(fmt::format_string<Args...> format, Args&&... args) {
    out_ += fmt::format(format, std::forward<Args>(args)...);
  }

  struct Scale {
    double low = 0.0, high = 0.0, from = 0.0, to = 0.0;
    [[nodiscard]] double at(double value) const { return from + (to - from) * (value - low) / (high - low); }
  };

  [[nodiscard]] Scale scale_of(std::size_t m, double from, double to) const {
    Scale scale{0.0, 0.0, from, to};
    for (const std::size_t k : shown_) {
      const Difference& e = comparison_.plans[k].differences[m];
      scale.low = std::min({scale.low, e.mean, std::isnan(e.low) ? e.mean : e.low});
      scale.high = std::max({scale.high, e.mean, std::isnan(e.high) ? e.mean : e.high});
    }
    const double margin = 0.12 * (scale.high > scale.low ? scale.high - scale.low : 1.0);
    scale.low -= margin;
    scale.high += margin;
    return scale;
  }

  struct Box {
    double left, top, right, bottom;
    /// The area that both cover.
    [[nodiscard]] double shared(const Box& other) const {
      return std::max(0.0, std::min(right, other.right) - std::max(left, other.left)) *
             std::max(0.0, std::min(bottom, other.bottom) - std::max(top, other.top));
    }
  };
  struct Label {
    double x, y;
    bool left;  // of its mark
    Box box;
  };

  /// Where the name of the mark at (x, y) covers least of what is taken, rather near it.
  [[nodiscard]] static Label place(const std::string& name, double x, double y, double width,
                                   const std::vector<Box>& taken) {
    constexpr double letter = 7.6, above = 11.0, below = 4.0, aside = 9.0;
    const double length = letter * static_cast<double>(character_count(name));
    std::optional<Label> best;
    double least = std::numeric_limits<double>::infinity();
    for (const double by : {-10.0, 19.0, 4.5, -25.0, 34.0, -40.0, 49.0, -55.0, 64.0}) {
      for (const bool left : {x > 0.62 * width, x <= 0.62 * width}) {
        const double from = left ? x - aside - length : x + aside;
        if (from < 0.0 || from + length > width) continue;
        const Label label{left ? x - aside : x + aside, y + by, left, {from, y + by - above, from + length, y + by + below}};
        double covered = 0.1 * std::abs(by);
        for (const Box& other : taken) covered += label.box.shared(other);
        if (covered >= least) continue;
        least = covered;
        best = label;
      }
    }
    return best ? *best : Label{x, y - 10.0, x > 0.5 * width, {x, y, x, y}};
  }

  [[nodiscard]] static std::string shortened_name(const std::string& name) {
    constexpr std::size_t most = 30;
    return character_count(name) <= most ? name : name.substr(0, bytes_of_characters(name, most - 1)) + "…";
  }

  /// What the picture shows, no more than is shown of each plan.
  [[nodiscard]] std::string takeaway() const {
    const auto named = [&](const Lead& lead) { return comparison_.plans[lead.leader].name; };
    const bool pays = found_.worth.over_baseline == Verdict::better, keeps = found_.kept.over_baseline == Verdict::better;
    const char* const most = found_.kept.shown() && shown_.size() > 1 + found_.kept.twins.size() ? "keeps most customers"
                                                                                                 : "keeps more customers";
    if (pays && keeps) {
      return found_.worth.leader == found_.kept.leader
                 ? named(found_.worth) + " is ahead in money and in customers kept"
                 : fmt::format("{} is ahead in money, {} in customers kept", named(found_.worth), named(found_.kept));
    }
    if (pays) return named(found_.worth) + " pays; no plan is shown to keep more customers";
    if (keeps) return fmt::format("{} {}; no plan is shown to pay", named(found_.kept), most);
    return "No plan is shown to pay or to keep more customers";
  }

  const Samples& samples_;
  const Comparison& comparison_;
  const Answer& found_;
  const std::vector<std::size_t>& shown_;
  std::string out_;
};

}  // namespace

std::string worth_picture(const Samples& samples, const Comparison& comparison, const Answer& found,
                          const std::vector<std::size_t>& shown) {
  return WorthPicture(samples, comparison, found, shown).text();
}

}  // namespace sojourn::report_pages
