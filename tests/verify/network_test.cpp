// Networks against what the literature says of them, with Boost.Graph as the judge of clustering.
#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/clustering_coefficient.hpp>
#include <boost/graph/exterior_property.hpp>
#include <cmath>
#include <vector>

#include "sojourn/population/network_figures.hpp"
#include "tests/catch.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using sojourn::verify::judge;
using sojourn::verify::Sample;

namespace {

std::vector<std::uint16_t> personas_of(std::uint32_t people) {
  std::vector<std::uint16_t> personas(people);
  for (std::uint32_t i = 0; i < people; ++i) personas[i] = static_cast<std::uint16_t>(i % 10 < 5 ? 0 : i % 10 < 8 ? 1 : 2);
  return personas;
}

SocialNetwork built(const Network& network, std::uint32_t people, std::uint32_t replication = 0, int threads = 2,
                    std::vector<Mixing> mixing = {}, std::optional<Share> of = {}) {
  ModelParts parts;
  parts.personas.resize(3);
  parts.word_of_mouth = WordOfMouth{};
  parts.word_of_mouth->network = network;
  parts.word_of_mouth->mixing = std::move(mixing);
  return SocialNetwork(parts, personas_of(people), Streams(42, replication), threads, of);
}

NetworkFigures figures_of(const SocialNetwork& network) {
  return network_figures(network, personas_of(network.people()), 3, Streams(42, 0), 2);
}

/// Rows in ascending order, nobody twice or oneself, and every tie both ways.
bool simple_and_mutual(const SocialNetwork& network) {
  for (std::uint32_t i = 0; i < network.people(); ++i) {
    const auto row = network.contacts(i);
    if (std::adjacent_find(row.begin(), row.end(), std::greater_equal<>()) != row.end()) return false;
    for (const std::uint32_t j : row) {
      const auto back = network.contacts(j);
      if (j == i || !std::binary_search(back.begin(), back.end(), i)) return false;
    }
  }
  return true;
}

bool same(const SocialNetwork& a, const SocialNetwork& b) {
  for (std::uint32_t i = 0; i < a.people(); ++i) {
    if (!std::ranges::equal(a.contacts(i), b.contacts(i))) return false;
  }
  return a.people() == b.people();
}

double boost_clustering(const SocialNetwork& network) {
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS>;
  Graph graph(network.people());
  for (std::uint32_t i = 0; i < network.people(); ++i) {
    for (const std::uint32_t j : network.contacts(i)) {
      if (i < j) boost::add_edge(i, j, graph);
    }
  }
  boost::exterior_vertex_property<Graph, double>::container_type values(boost::num_vertices(graph));
  boost::exterior_vertex_property<Graph, double>::map_type map(values, graph);
  return boost::all_clustering_coefficients(graph, map);
}

const std::vector<Network> kinds{SmallWorld{10, 0.1}, SmallWorld{9, 1.0},   ScaleFree{6},         ScaleFree{5},
                                 RandomNetwork{8},    Communities{10, 0.8}, SmallWorld{4.6, 0.5}, Communities{3, 0.2}};

}  // namespace

TEST_CASE("a built network is simple, mutual, the same on any threads, and another in another replication", "[network]") {
  for (const Network& kind : kinds) {
    const SocialNetwork one = built(kind, 30'000, 0, 1);
    CAPTURE(kind.index());
    CHECK(simple_and_mutual(one));
    CHECK(same(one, built(kind, 30'000, 0, 2)));
    CHECK(same(one, built(kind, 30'000, 0, 7)));
    CHECK_FALSE(same(one, built(kind, 30'000, 1)));
  }
}

TEST_CASE("few people make networks too", "[network]") {
  for (std::uint32_t people = 2; people < 14; ++people) {
    for (std::uint32_t contacts = 1; contacts < people; ++contacts) {
      for (const double rewire : {0.0, 0.5, 1.0})
        CHECK(simple_and_mutual(built(SmallWorld{double(contacts), rewire}, people)));
      CHECK(simple_and_mutual(built(ScaleFree{double(contacts)}, people)));
      CHECK(simple_and_mutual(built(RandomNetwork{double(contacts)}, people)));
      CHECK(simple_and_mutual(built(Communities{double(contacts), 0.5}, people)));
    }
    const double all = people - 1.0;
    CHECK(figures_of(built(RandomNetwork{all}, people)).least_degree == people - 1);
    CHECK(figures_of(built(SmallWorld{all, 0.0}, people)).least_degree == people - 1);
  }
}

TEST_CASE("where nearly all know each other, a small world is built as elsewhere and everybody is looked at", "[network]") {
  for (const std::uint32_t contacts : {300u, 390u, 397u}) {
    for (const double rewire : {0.0, 0.5, 1.0}) {
      const SocialNetwork network = built(SmallWorld{double(contacts), rewire}, 400);
      CHECK(simple_and_mutual(network));
      const NetworkFigures figures = figures_of(network);
      CHECK(figures.mean_degree == Approx(contacts).epsilon(2e-3));
      CHECK(figures.mean_clustering == Approx(boost_clustering(network)));
    }
  }
  // More than a thousand million steps from contact to contact, yet fewer people than a sample would have.
  const NetworkFigures figures = figures_of(built(SmallWorld{1998, 0.5}, 2'000));
  CHECK(figures.sampled == 0);
  CHECK(figures.mean_degree == 1998.0);
}

TEST_CASE("clustering of a small world is 3(K-2)/(4(K-1)) (1-p)^3", "[network]") {
  for (const double rewire : {0.0, 0.1, 0.3}) {
    const SocialNetwork network = built(SmallWorld{10, rewire}, 100'000);
    const NetworkFigures figures = figures_of(network);
    const double kept = std::pow(1.0 - rewire, 3.0), expected = 3.0 * 8.0 / (4.0 * 9.0) * kept;
    CHECK(figures.sampled == 0);
    CHECK(figures.mean_degree == 10.0);
    // Barrat & Weigt (2000) for the ratio of means; ties led elsewhere spread the degrees, and with them the number of
    // pairs, by up to 2 %, which the slack allows.
    CHECK(judge(figures.transitivity, 0.001, expected, 0.022, 0.012));
    CHECK_FALSE(judge(figures.transitivity, 0.001, expected + 0.03, 0.022, 0.012));
  }
  const SocialNetwork small = built(SmallWorld{10, 0.1}, 3'000);
  CHECK(figures_of(small).mean_clustering == Approx(boost_clustering(small)));
  const SocialNetwork scale_free = built(ScaleFree{6}, 3'000);
  CHECK(figures_of(scale_free).mean_clustering == Approx(boost_clustering(scale_free)));
}

TEST_CASE("degrees of a scale-free network are 2m(m+1)/(k(k+1)(k+2))", "[network]") {
  const double m = 3.0, people = 200'000.0;
  const NetworkFigures figures = figures_of(built(ScaleFree{2.0 * m}, 200'000));
  CHECK(figures.mean_degree == Approx(2.0 * m).epsilon(1e-3));
  CHECK(figures.most_degree > 500);
  for (const double k : {3.0, 4.0, 5.0, 8.0}) {
    const auto found =
        std::find_if(figures.degrees.begin(), figures.degrees.end(), [k](const auto& d) { return d.first == k; });
    REQUIRE(found != figures.degrees.end());
    const double expected = 2.0 * m * (m + 1.0) / (k * (k + 1.0) * (k + 2.0));
    const double error = std::sqrt(expected * (1.0 - expected) / people);
    CHECK(judge(static_cast<double>(found->second) / people, error, expected, 0.012, 0.002));
    CHECK_FALSE(judge(static_cast<double>(found->second) / people, error, expected + 0.02, 0.012, 0.002));
  }
}

TEST_CASE("degrees of a random network are Poisson", "[network]") {
  const SocialNetwork network = built(RandomNetwork{8}, 200'000);
  Sample degree, square;
  for (std::uint32_t i = 0; i < network.people(); ++i) {
    const double d = network.degree(i);
    degree.add(d);
    square.add((d - 8.0) * (d - 8.0));
  }
  CHECK(judge(degree, 8.0, 0.1));
  CHECK_FALSE(judge(degree, 8.1, 0.1));
  CHECK(judge(square, 8.0, 0.4));
  CHECK_FALSE(judge(square, 8.4, 0.4));
}

TEST_CASE("communities keep their share within", "[network]") {
  const NetworkFigures figures = figures_of(built(Communities{10, 0.8}, 100'000));
  const double error = std::sqrt(0.8 * 0.2 / 500'000.0);
  CHECK(judge(figures.own_persona, error, 0.8, 0.01));
  CHECK_FALSE(judge(figures.own_persona, error, 0.81, 0.01));
  CHECK(judge(figures.mean_degree, std::sqrt(20.0 / 100'000.0), 10.0, 0.12));
  CHECK(figures.own_persona_by_chance == Approx(0.38).epsilon(1e-3));
  CHECK(figures.assortativity > 0.5);
  CHECK(figures_of(built(RandomNetwork{10}, 100'000)).assortativity == Approx(0.0).margin(0.01));
}

TEST_CASE("a listed network talks one way only", "[network]") {
  const auto ties = std::make_shared<const std::vector<Tie>>(std::vector<Tie>{{2, 0}, {0, 1}, {2, 1}});
  const SocialNetwork network = built(NetworkFile{"friends.csv", ties}, 4);
  CHECK(network.degree(2) == 2);
  CHECK(network.contact(0, 0xffffffffu, 0) == 1);
  CHECK(network.contact(1, 5, 5) == SocialNetwork::nobody);
  CHECK(figures_of(network).largest_group == 0.75);
  CHECK(figures_of(network).without_contacts == 2);
}

TEST_CASE("positions of 64 bits hold the same rows", "[network]") {
  const std::vector<Tie> list{{0, 1}, {1, 2}, {3, 0}};
  const ContactRows::Ties ties{1, [&](std::size_t, std::vector<Tie>& made) { made = list; }};
  const ContactRows narrow(4, ties, ContactRows::Direction::both, 1), wide(4, ties, ContactRows::Direction::both, 1, 0);
  for (std::uint32_t i = 0; i < 4; ++i) CHECK(std::ranges::equal(narrow.row(i), wide.row(i)));
  CHECK(wide.bytes() > narrow.bytes());
}

TEST_CASE("some people alone have the contacts that they have among all", "[network]") {
  constexpr std::uint32_t people = 5'000;
  for (const Network& kind : {Network(SmallWorld{6, 0.2}), Network(ScaleFree{6}), Network(RandomNetwork{6}),
                              Network(Communities{6, 0.7}), Network(WellMixed{})}) {
    const std::vector<Mixing> mixing{{PersonaId(0), PersonaId(1), 2.0}};
    const SocialNetwork whole = built(kind, people, 0, 2, mixing);
    for (const Share of : {Share{0, 1700}, Share{1700, 1701}, Share{1701, 1701}, Share{1701, people}}) {
      const SocialNetwork part = built(kind, people, 0, 1, mixing, of);
      CHECK(part.people() == people);
      bool same = true;
      for (std::uint32_t i = of.begin; i < of.end; ++i) {
        same = same && std::ranges::equal(part.contacts(i), whole.contacts(i)) &&
               part.contact(i, i * 2654435761u, i * 40503u) == whole.contact(i, i * 2654435761u, i * 40503u);
      }
      CHECK(same);
      if (!whole.well_mixed()) CHECK(part.rows().contacts() < whole.rows().contacts());
    }
  }
}

TEST_CASE("mixing chooses personas by weight and number", "[network]") {
  // Of a speaker of persona 0: 5 parts of 10 at weight 1, 3 at weight 2, 2 at weight 0.
  const std::vector<Mixing> mixing{{PersonaId(0), PersonaId(1), 2.0}, {PersonaId(0), PersonaId(2), 0.0}};
  for (const Network& kind : {Network(WellMixed{}), Network(RandomNetwork{200})}) {
    const SocialNetwork network = built(kind, 2'000, 0, 1, mixing);
    const std::vector<std::uint16_t> persona = personas_of(2'000);
    Sample to_second, to_third, from_third;
    for (std::uint32_t k = 0; k < 200'000; ++k) {
      const Words words = Streams(7, 0).draw(k, Purpose::message, 0);
      const std::uint32_t speaker = 10 * (k % 200);
      const std::uint32_t hearer = network.contact(speaker, words[0], words[1]);
      REQUIRE(hearer != speaker);
      to_second.add(persona[hearer] == 1);
      to_third.add(persona[hearer] == 2);
      from_third.add(persona[network.contact(speaker + 9, words[2], words[3])] == 0);
    }
    CHECK(to_third.mean() == 0.0);
    CHECK(judge(to_second, 6.0 / 11.0, 0.015, 0.005));
    CHECK_FALSE(judge(to_second, 6.0 / 11.0 + 0.02, 0.015, 0.005));
    CHECK(judge(from_third, 0.5, 0.015, 0.005));
  }
}
