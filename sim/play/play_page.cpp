#include "sojourn/play/play_page.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "sojourn/base/text.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/page/allowed_source.hpp"

namespace sojourn {

namespace play_pages {

#ifdef SOJOURN_PAGES
// In the source that sim/page/assets/bundle.mjs makes.
extern const std::string_view play_script, play_style, play_body, charts_version;
constexpr bool built = true;
#else
constexpr std::string_view play_script, play_style, play_body, charts_version;
constexpr bool built = false;
#endif

}  // namespace play_pages

bool play_pages_built() { return play_pages::built; }

std::string play_page(std::string_view title, std::string_view start, Answers answers) {
  using namespace play_pages;
  if (!built) throw std::logic_error("this build has no pages");
  std::string data;
  for (const char c : start) c == '<' ? data += "\\u003c" : data += c;  // no text of the user ends the element
  return fmt::format(
      "<!DOCTYPE html>\n<!-- {} -->\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action 'none'; "
      "script-src{}; style-src{}{}\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n{}\n"
      "<script type=\"application/json\" id=\"start\">{}</script>\n<script>{}</script>\n</body>\n</html>\n",
      file_mark, allowed_source(play_script), allowed_source(play_style),
      answers == Answers::of_a_server ? "; connect-src 'self'" : "", escape_markup(title), play_style, play_body, data,
      play_script);
}

}  // namespace sojourn
