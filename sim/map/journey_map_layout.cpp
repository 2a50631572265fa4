#include "journey_map_layout.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <graphviz/gvc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "sojourn/base/error.hpp"
#include "sojourn/base/text.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SOJOURN_LEAK_CHECK
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SOJOURN_LEAK_CHECK
#endif
#ifdef SOJOURN_LEAK_CHECK
#include <sanitizer/lsan_interface.h>
#endif

namespace sojourn::journey_map {

namespace {

/// What Graphviz lays out well within a second.
constexpr std::ptrdiff_t most_touchpoints_by_graphviz = 60, most_exits_by_graphviz = 150;

/// Graphviz reports errors to a function without context; whoever holds the lock reads them here.
std::string& graphviz_messages() {
  static std::string messages;
  return messages;
}

int collect(char* message) {
  graphviz_messages() += message;
  return 0;
}

/// Keeps apart, while it lives, what Graphviz's finder of ways (libpathplan) writes to stderr past the function for errors:
/// "triangulation failed", where it then finds another way. There is no narrower door: stderr is the process's. So what
/// others write there meanwhile is held for as long as a layout takes, and then passed on.
class WayFinderMessages {
 public:
  WayFinderMessages() {
    held_ = memfd_create("stderr", MFD_CLOEXEC);
    if (held_ < 0) return;
    stderr_ = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (stderr_ >= 0) dup2(held_, STDERR_FILENO);
  }
  ~WayFinderMessages() {
    if (stderr_ >= 0) {
      dup2(stderr_, STDERR_FILENO);
      pass_on();
      close(stderr_);
    }
    if (held_ >= 0) close(held_);
  }
  WayFinderMessages(const WayFinderMessages&) = delete;
  WayFinderMessages& operator=(const WayFinderMessages&) = delete;

 private:
  /// All lines but those that name a source file of libpathplan.
  void pass_on() const {
    std::string all;
    char piece[4096];
    for (ssize_t size = 0; (size = pread(held_, piece, sizeof piece, static_cast<off_t>(all.size()))) > 0;)
      all.append(piece, static_cast<std::size_t>(size));
    for (std::size_t begin = 0; begin < all.size();) {
      const std::size_t end = std::min(all.size(), all.find('\n', begin)), after = std::min(all.size(), end + 1);
      const std::string_view line = std::string_view(all).substr(begin, after - begin);
      if (!line.starts_with("libpath/")) static_cast<void>(!write(STDERR_FILENO, line.data(), line.size()));
      begin = after;
    }
  }
  int held_ = -1, stderr_ = -1;
};

int lay_out_quietly(GVC_t* context, Agraph_t* graph) {
  const WayFinderMessages apart;
  return gvLayout(context, graph, "dot");
}

/// Sole use of Graphviz, with its messages collected instead of printed. A leak check need not hear of what Graphviz never
/// frees: the text of its list of plugins, and what it sets aside for the labels of exits within a column, a few kB each.
class GraphvizSession {
 public:
  GraphvizSession() : lock_(mutex()) {
    graphviz_messages().clear();
    previous_ = agseterrf(collect);
  }
  ~GraphvizSession() { agseterrf(previous_); }
  GraphvizSession(const GraphvizSession&) = delete;
  GraphvizSession& operator=(const GraphvizSession&) = delete;

  [[noreturn]] static void fail(const char* what) {
    std::string message = fmt::format("Graphviz cannot {} the journey map", what);
    if (const std::string said = shown_on_one_line(graphviz_messages()); !said.empty()) message += ": " + said;
    throw RunError(message);
  }

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  std::lock_guard<std::mutex> lock_;
#ifdef SOJOURN_LEAK_CHECK
  __lsan::ScopedDisabler graphviz_;
#endif
  agusererrf previous_ = nullptr;
};

/// The graph that Graphviz lays out: every exit forward, and rooms as tables of fixed cells, without a word of text. So no
/// font has a say, and Graphviz 2.42's measuring of text, which remembers a freed font name between layouts, is never
/// called.
std::string graph_text(const MapContent& map, const std::vector<Room>& rooms, const std::vector<char>& drawn) {
  std::vector<char> placed;
  for (const Room& room : rooms) placed.push_back(room.placed ? 1 : 0);
  const std::vector<std::size_t> column = columns(map, placed);
  std::string text =
      "digraph map { rankdir=LR; nodesep=0.22; ranksep=0.34; node [shape=plain,label=\"\"]; edge [arrowsize=0.85];\n";
  std::size_t count = 0;
  for (std::size_t v = 0; v < rooms.size(); ++v) {
    if (placed[v]) count = std::max(count, column[v] + 1);
  }
  for (std::size_t c = 0; c < count; ++c) {
    // A chain of unseen points keeps the columns in order, one rank each.
    text += fmt::format("{{ rank=same; c{0} [shape=point,style=invis,width=0.01,height=0.01];", c);
    for (std::size_t v = 0; v < rooms.size(); ++v) {
      if (placed[v] && column[v] == c) text += fmt::format(" t{};", v);
    }
    text += " }\n";
    if (c > 0) text += fmt::format("c{} -> c{} [style=invis,weight=0];\n", c - 1, c);
  }
  const auto cell = [&](int width, int height, const char* port) {
    if (height > 0) {
      text += fmt::format("<TR><TD{} FIXEDSIZE=\"TRUE\" WIDTH=\"{}\" HEIGHT=\"{}\"></TD></TR>", port, width, height);
    }
  };
  for (std::size_t v = 0; v < rooms.size(); ++v) {
    if (!placed[v]) continue;
    text += fmt::format("t{} [label=<<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\">", v);
    cell(rooms[v].width, rooms[v].above, "");
    cell(rooms[v].width, rooms[v].box, " PORT=\"b\"");
    cell(rooms[v].width, rooms[v].below, "");
    text += "</TABLE>>];\n";
  }
  for (std::size_t e = 0; e < map.exits.size(); ++e) {
    if (!drawn[e]) continue;
    const MapExit& exit = map.exits[e];
    // An exit that runs backwards is given the other way round, or Graphviz might turn the chain instead.
    const bool back = column[exit.to] < column[exit.from];
    text += fmt::format(
        "t{}:b -> t{}:b [id=\"{}\",weight={}{},label=<<TABLE BORDER=\"0\" CELLSPACING=\"0\" "
        "CELLPADDING=\"0\"><TR><TD FIXEDSIZE=\"TRUE\" WIDTH=\"{}\" HEIGHT=\"16\"></TD></TR></TABLE>>];\n",
        back ? exit.to : exit.from, back ? exit.from : exit.to, e, 1 + static_cast<int>(9.0 * exit.usual),
        back ? ",dir=back" : "", static_cast<int>(text_width(short_label(exit), 10.5, Weight::bold)) + 6);
  }
  text += "}\n";
  return text;
}

Curve curve_of(edge_t* edge, double top) {
  const auto point = [&](pointf p) { return Point{p.x, top - p.y}; };
  Curve curve;
  const splines* all = ED_spl(edge);
  if (all == nullptr || all->size == 0) return curve;
  // One piece per edge, as long as edges are not merged.
  const bezier& piece = all->list[0];
  const auto size = static_cast<std::size_t>(piece.size);
  for (std::size_t i = 0; i < size; ++i) curve.points.push_back(point(piece.list[i]));
  if (piece.eflag != 0) {
    curve.tip = point(piece.ep);
  } else if (piece.sflag != 0) {
    std::reverse(curve.points.begin(), curve.points.end());
    curve.tip = point(piece.sp);
  } else if (!curve.points.empty()) {
    curve.tip = curve.points.back();
  }
  return curve;
}

/// Moves everything to (0, 0) and measures it; the unseen points count for nothing.
void crop(Layout& layout, const std::vector<Room>& rooms) {
  Point low{1e9, 1e9}, high{-1e9, -1e9};
  const auto extend = [&](Point p) {
    low = {std::min(low.x, p.x), std::min(low.y, p.y)};
    high = {std::max(high.x, p.x), std::max(high.y, p.y)};
  };
  for (std::size_t v = 0; v < rooms.size(); ++v) {
    if (!rooms[v].placed) continue;
    const double w = rooms[v].width / 2.0, h = (rooms[v].above + rooms[v].box + rooms[v].below) / 2.0;
    extend({layout.centres[v].x - w, layout.centres[v].y - h});
    extend({layout.centres[v].x + w, layout.centres[v].y + h});
  }
  for (const Curve& curve : layout.curves) std::for_each(curve.points.begin(), curve.points.end(), extend);
  if (low.x > high.x) return;
  for (Point& p : layout.centres) p = {p.x - low.x, p.y - low.y};
  for (Curve& curve : layout.curves) {
    for (Point& p : curve.points) p = {p.x - low.x, p.y - low.y};
    curve.tip = {curve.tip.x - low.x, curve.tip.y - low.y};
  }
  layout.width = high.x - low.x;
  layout.height = high.y - low.y;
}

/// The vertical middle of a touchpoint's box, which is not that of its room.
double middle_of_box(const Room& room, Point centre) { return centre.y + (room.above - room.below) / 2.0; }

/// The exit from `from` to `to` as one curve between the sides of the boxes that face each other; within a column it swings
/// out to the right.
Curve plain_curve(const Room& from, Point from_centre, const Room& to, Point to_centre) {
  constexpr double arrow = 9.0;
  const double gap = std::abs(to_centre.x - from_centre.x);
  const bool within = gap < 1.0, back = to_centre.x < from_centre.x - 1.0;
  const double out = back ? -1.0 : 1.0,
               in = within ? 1.0 : -out;  // the sides where the curve leaves and arrives: 1 is the right one
  const Point start{from_centre.x + out * from.width / 2.0, middle_of_box(from, from_centre)};
  const Point tip{to_centre.x + in * to.width / 2.0, middle_of_box(to, to_centre)};
  const Point end{tip.x + in * arrow, tip.y};
  const double bend = within ? 45.0 : std::max(30.0, std::abs(end.x - start.x) / 2.0);
  return {{start, {start.x + out * bend, start.y}, {end.x + in * bend, end.y}, end}, tip};
}

/// Columns side by side, and in each the touchpoints below one another in the order of what leads there from the left. Lines
/// may cross boxes. The time grows with touchpoints and exits, where Graphviz's grows with their square and more: from 300
/// touchpoints on it took minutes.
Layout lay_out_plainly(const MapContent& map, const std::vector<Room>& rooms, const std::vector<char>& drawn) {
  constexpr double between_columns = 110.0, between_rooms = 16.0;
  Layout layout;
  layout.centres.resize(map.touchpoints.size());
  layout.curves.resize(map.exits.size());
  std::vector<char> placed;
  for (const Room& room : rooms) placed.push_back(room.placed ? 1 : 0);
  const std::vector<std::size_t> column = columns(map, placed);
  std::vector<std::vector<std::size_t>> members, arriving(rooms.size());
  for (std::size_t v = 0; v < rooms.size(); ++v) {
    if (!placed[v]) continue;
    if (members.size() <= column[v]) members.resize(column[v] + 1);
    members[column[v]].push_back(v);
  }
  for (std::size_t e = 0; e < map.exits.size(); ++e) {
    const MapExit& exit = map.exits[e];
    if (drawn[e] && column[exit.from] < column[exit.to]) arriving[exit.to].push_back(exit.from);
  }
  double left = 0.0;
  for (std::vector<std::size_t>& here : members) {
    std::vector<std::pair<double, std::size_t>> order;
    double width = 0.0, height = -between_rooms;
    for (const std::size_t v : here) {
      double sum = 0.0;
      for (const std::size_t from : arriving[v]) sum += layout.centres[from].y;
      order.emplace_back(arriving[v].empty() ? 0.0 : sum / static_cast<double>(arriving[v].size()), v);
      width = std::max(width, static_cast<double>(rooms[v].width));
      height += rooms[v].above + rooms[v].box + rooms[v].below + between_rooms;
    }
    std::sort(order.begin(), order.end());
    double y = -height / 2.0;
    for (const auto& [wish, v] : order) {
      const double room = rooms[v].above + rooms[v].box + rooms[v].below;
      layout.centres[v] = {left + width / 2.0, y + room / 2.0};
      y += room + between_rooms;
    }
    left += width + between_columns;
  }
  for (std::size_t e = 0; e < map.exits.size(); ++e) {
    const MapExit& exit = map.exits[e];
    if (!drawn[e]) continue;
    layout.curves[e] = plain_curve(rooms[exit.from], layout.centres[exit.from], rooms[exit.to], layout.centres[exit.to]);
  }
  return layout;
}

Layout lay_out_by_graphviz(const MapContent& map, const std::vector<Room>& rooms, const std::vector<char>& drawn) {
  Layout layout;
  layout.centres.resize(map.touchpoints.size());
  layout.curves.resize(map.exits.size());
  const std::string text = graph_text(map, rooms, drawn);
  const GraphvizSession session;
  const std::unique_ptr<GVC_t, int (*)(GVC_t*)> context(gvContext(), gvFreeContext);
  if (!context) GraphvizSession::fail("start on");
  const std::unique_ptr<Agraph_t, int (*)(Agraph_t*)> graph(agmemread(text.c_str()), agclose);
  if (!graph) GraphvizSession::fail("read");
  if (lay_out_quietly(context.get(), graph.get()) != 0) GraphvizSession::fail("lay out");
  struct Release {
    GVC_t* context;
    Agraph_t* graph;
    ~Release() {
      // Graphviz 2.42 frees the nodes of a rank by the address that they were given first. Where it made room among them for
      // the label of an exit within a column, they have moved, and the program ended with a heap that was corrupt.
      for (int r = GD_minrank(graph); r <= GD_maxrank(graph); ++r) GD_rank(graph)[r].av = GD_rank(graph)[r].v;
      gvFreeLayout(context, graph);
    }
  } const release{context.get(), graph.get()};
  const double top = GD_bb(graph.get()).UR.y;
  for (std::size_t v = 0; v < rooms.size(); ++v) {
    if (!rooms[v].placed) continue;
    std::string name = fmt::format("t{}", v);
    node_t* node = agnode(graph.get(), name.data(), 0);
    if (node == nullptr) GraphvizSession::fail("place a touchpoint of");
    layout.centres[v] = {ND_coord(node).x, top - ND_coord(node).y};
    for (edge_t* edge = agfstout(graph.get(), node); edge != nullptr; edge = agnxtout(graph.get(), edge)) {
      std::string key = "id";
      const char* id = agget(edge, key.data());
      if (id == nullptr || *id == '\0') continue;
      layout.curves.at(std::stoul(id)) = curve_of(edge, top);
    }
  }
  return layout;
}

}  // namespace

Layout lay_out(const MapContent& map, const std::vector<Room>& rooms, const std::vector<char>& drawn) {
  const auto touchpoints = std::count_if(rooms.begin(), rooms.end(), [](const Room& room) { return room.placed; });
  const auto exits = std::count(drawn.begin(), drawn.end(), 1);
  const bool small = touchpoints <= most_touchpoints_by_graphviz && exits <= most_exits_by_graphviz;
  Layout layout = small ? lay_out_by_graphviz(map, rooms, drawn) : lay_out_plainly(map, rooms, drawn);
  crop(layout, rooms);
  return layout;
}

}  // namespace sojourn::journey_map
