#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "region_words.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/report/layout.hpp"
#include "sojourn/report/region_report.hpp"

namespace sojourn {
namespace {

constexpr double panel = 250.0, left = 90.0, gap = 20.0, below = 46.0, line = 17.0, margin = 16.0;
constexpr std::size_t in_a_row = 3, most_keys = 4, most_points = 2000;
constexpr double page_width = 3.0 * (left + panel) + gap;

constexpr std::string_view style =
    "<style>text{font:12px sans-serif;fill:#16202b}.h{font-size:14px;font-weight:bold}.s{fill:#3f4d5c}.bg{fill:#fff}"
    ".f{fill:none;stroke:#8393a5}.box{fill:#00664a;fill-opacity:.1;stroke:#00664a;stroke-width:2}.win{fill:#00664a}"
    ".lose{fill:none;stroke:#b3261e;stroke-width:1.4}.same{stroke:#5b6b7b}.far{opacity:.3}"
    "@media (prefers-color-scheme:dark){text{fill:#e8eef5}.s{fill:#b8c4d1}.bg{fill:#0f1720}.f{stroke:#708296}"
    ".box{fill:#5fd0ab;stroke:#5fd0ab}.win{fill:#5fd0ab}.lose{stroke:#ffb4a8}.same{stroke:#9aacbf}}</style>\n";

/// "0.52", "-6.3 M".
std::string short_number(double value) {
  const double size = std::fabs(value);
  if (size >= 1e6) return fmt::format("{:.3g} M", value / 1e6);
  return size >= 1e4 ? fmt::format("{:.3g} k", value / 1e3) : fmt::format("{:.3g}", value);
}

struct AxisRange {
  double low = 0.0, high = 1.0;

  [[nodiscard]] double share(double value) const { return high > low ? (value - low) / (high - low) : 0.5; }
};

AxisRange range_of(const std::vector<double>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double room = 0.02 * (*high - *low);
  return {*low - room, *high + room};
}

bool inside(const BoxLimit& limit, double value) {
  switch (limit.side) {
    case BoxLimit::Side::below:
      return value < limit.value;
    case BoxLimit::Side::above:
      return value > limit.value;
    case BoxLimit::Side::kinds:
      break;
  }
  return std::find(limit.kinds.begin(), limit.kinds.end(), value) != limit.kinds.end();
}

class RegionPicture {
 public:
  void section(const PlanRegions& regions, const JudgedBox& judged, PointVerdict standing) {
    sentences(region_words::sentence(regions, judged.box, standing));
    std::vector<const BoxLimit*> limits;
    for (const BoxLimit& limit : judged.box.limits) limits.push_back(&limit);
    std::stable_sort(limits.begin(), limits.end(),
                     [](const BoxLimit* a, const BoxLimit* b) { return a->quasi_p < b->quasi_p; });
    std::vector<std::size_t> keys;
    for (const BoxLimit* limit : limits) {
      if (keys.size() < most_keys && std::find(keys.begin(), keys.end(), limit->key) == keys.end())
        keys.push_back(limit->key);
    }
    legend(regions, standing, keys.size() > 2);
    std::size_t column = 0;
    const auto place = [&](std::size_t x, std::size_t y) {
      if (column == in_a_row) {
        column = 0;
        top_ += panel + below;
      }
      draw(regions, judged.box, standing, x, y, left + static_cast<double>(column++) * (left + panel));
    };
    if (keys.size() == 1) place(keys.front(), regions.keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      for (std::size_t j = i + 1; j < keys.size(); ++j) place(keys[i], keys[j]);
    }
    top_ += panel + below + line;
  }

  void sentences(const std::string& text) {
    const std::string lines = wrapped(text, 130);
    for (std::size_t begin = 0; begin < lines.size();) {
      const std::size_t end = std::min(lines.find('\n', begin), lines.size());
      put_text(margin, top_ += line, "", lines.substr(begin, end - begin));
      begin = end + 1;
    }
    top_ += 8.0;
  }

  [[nodiscard]] std::string svg(const std::string& title) const {
    std::string text = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- {} -->\n", file_mark);
    text += fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 "
        "{0:.0f} {1:.0f}\">\n<title>{2}</title>\n",
        page_width, top_ + 8.0, escape_markup(title));
    text += style;
    text +=
        fmt::format("<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n<text class=\"h\" x=\"16\" y=\"24\">{}</text>\n",
                    escape_markup(title));
    return text + body_ + "</svg>\n";
  }

 private:
  void put_text(double x, double y, std::string_view more, const std::string& words) {
    body_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\"{}{}>{}</text>\n", x, y, more.empty() ? "" : " ", more,
                         escape_markup(words));
  }

  void mark(double x, double y, PointVerdict standing, bool far) {
    const std::string_view more = far ? " far" : "";
    switch (standing) {
      case PointVerdict::better:
        body_ += fmt::format("<circle class=\"win{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.8\"/>", more, x, y);
        return;
      case PointVerdict::worse:
        body_ += fmt::format("<path class=\"lose{}\" d=\"M{:.1f} {:.1f}l3.5 3.5l-3.5 3.5l-3.5 -3.5Z\"/>", more, x, y - 3.5);
        return;
      case PointVerdict::not_told:
        body_ += fmt::format("<path class=\"same{}\" d=\"M{:.1f} {:.1f}h5m-2.5 -2.5v5\"/>", more, x - 2.5, y);
        return;
    }
  }

  /// Marks are those of the plan that wins in the box.
  static PointVerdict seen_from(PointVerdict winner, PointVerdict standing) {
    return winner == PointVerdict::better ? standing : static_cast<PointVerdict>(-static_cast<int>(standing));
  }

  void legend(const PlanRegions& regions, PointVerdict standing, bool pale) {
    const bool better = standing == PointVerdict::better;
    const std::array<std::pair<PointVerdict, std::string>, 3> entries{
        {{PointVerdict::better, (better ? regions.plan : regions.against) + " wins"},
         {PointVerdict::worse, (better ? regions.against : regions.plan) + " wins"},
         {PointVerdict::not_told, "not told"}}};
    top_ += line;
    double x = margin + 6.0;
    for (const auto& [what, words] : entries) {
      mark(x, top_ - 4.0, what, false);
      put_text(x + 9.0, top_, "class=\"s\"", words);
      x += 30.0 + 7.0 * static_cast<double>(columns(words));
    }
    if (pale) put_text(x, top_, "class=\"s\"", "pale: outside by a key that is not drawn");
    body_ += "\n";
    top_ += 12.0;
  }

  void draw(const PlanRegions& regions, const PointBox& box, PointVerdict standing, std::size_t x_key, std::size_t y_key,
            double at) {
    const bool by_difference = y_key == regions.keys.size();
    const std::vector<double>&xs = regions.coordinates[x_key].values,
          &ys = by_difference ? regions.differences : regions.coordinates[y_key].values;
    const AxisRange across = range_of(xs), up = range_of(ys);
    const auto x_of = [&](double value) { return at + panel * across.share(value); };
    const auto y_of = [&](double value) { return top_ + panel * (1.0 - up.share(value)); };
    body_ +=
        fmt::format("<rect class=\"f\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\"/>\n", at, top_, panel, panel);
    double x0 = at, x1 = at + panel, y0 = top_, y1 = top_ + panel;
    for (const BoxLimit& limit : box.limits) {
      if (limit.side == BoxLimit::Side::kinds) continue;
      if (limit.key == x_key) (limit.side == BoxLimit::Side::below ? x1 : x0) = x_of(limit.value);
      if (limit.key == y_key) (limit.side == BoxLimit::Side::below ? y0 : y1) = y_of(limit.value);
    }
    body_ += fmt::format("<rect class=\"box\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n", x0, y0,
                         x1 - x0, y1 - y0);
    const std::size_t step = (xs.size() + most_points - 1) / most_points;
    for (std::size_t i = 0; i < xs.size(); i += step) {
      const bool far = std::any_of(box.limits.begin(), box.limits.end(), [&](const BoxLimit& limit) {
        return limit.key != x_key && limit.key != y_key && !inside(limit, regions.coordinates[limit.key].values[i]);
      });
      mark(x_of(xs[i]), y_of(ys[i]), seen_from(standing, regions.standings[i]), far);
    }
    body_ += "\n";
    const auto [least_x, most_x] = std::minmax_element(xs.begin(), xs.end());
    const auto [least_y, most_y] = std::minmax_element(ys.begin(), ys.end());

    const double foot = top_ + panel + 15.0;
    put_text(at, foot, "class=\"s\"", short_number(*least_x));
    put_text(at + panel, foot, "class=\"s\" text-anchor=\"end\"", short_number(*most_x));
    put_text(at + 0.5 * panel, foot + 15.0, "text-anchor=\"middle\"", shortened(regions.keys[x_key].key, 40));
    put_text(at - 4.0, top_ + panel, "class=\"s\" text-anchor=\"end\"", short_number(*least_y));
    put_text(at - 4.0, top_ + 11.0, "class=\"s\" text-anchor=\"end\"", short_number(*most_y));
    const std::string y_label =
        by_difference ? fmt::format("{}: {} less {}", region_words::goal(regions), regions.plan, regions.against)
                      : regions.keys[y_key].key;
    put_text(0.0, 0.0,
             fmt::format("text-anchor=\"middle\" transform=\"translate({:.1f} {:.1f}) rotate(-90)\"", at - 10.0,
                         top_ + 0.5 * panel),
             shortened(y_label, 40));
  }

  std::string body_;
  double top_ = 30.0;
};

}  // namespace

std::string regions_svg(const std::vector<PlanRegions>& all, const std::string& title) {
  RegionPicture picture;
  bool any = false;
  for (const PlanRegions& regions : all) {
    for (const PointVerdict standing : {PointVerdict::better, PointVerdict::worse}) {
      const std::optional<JudgedBox>& judged = standing == PointVerdict::better ? regions.better : regions.worse;
      if (!judged || !judged->told()) continue;
      picture.section(regions, *judged, standing);
      any = true;
    }
  }
  if (!any) picture.sentences("No box tells where one plan beats another: sojourn sensitivity says why.");
  return picture.svg(title);
}

}  // namespace sojourn
