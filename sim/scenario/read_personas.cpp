// [[persona]] and the traits that a scenario names itself.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>

#include "reader.hpp"
#include "sojourn/scenario/nearest.hpp"

namespace sojourn::scenario {
namespace {

// Shares that could not be read: no sum is made of them.
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

// Every persona has every trait: without a limit a hostile file could ask for any amount of memory.
constexpr std::size_t most_traits = 100;

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace

void Reader::collect_traits() {
  traits_.kind = "trait";
  std::vector<std::pair<const Node*, std::string>> tables;
  if (const Node* behaviour = root_.value().node().find("behaviour"))
    tables.emplace_back(behaviour->find("traits"), "behaviour.traits");
  for (const Value& persona : personas_.entries)
    tables.emplace_back(persona.node().find("traits"), persona.path() + ".traits");
  std::set<std::string> own;
  bool too_many = false;
  for (const Trait& trait : parts_.traits) {
    traits_.index.emplace(trait.name, traits_.ids.size());
    traits_.ids.push_back(trait.name);
  }
  for (const auto& [traits, path] : tables) {
    if (traits == nullptr || traits->kind != Kind::table) continue;
    const Value whole(*traits, path, problems_);
    for (const Node& child : traits->children) {
      if (traits_.index.count(child.key) > 0) continue;
      const Value value = whole.member(child);
      if (!is_name(child.key)) {
        value.refuse_key(fmt::format("{} is not a name for a trait", in_quotes(child.key)),
                         "names are of letters, digits, '-' and '_'");
        continue;
      }
      if (own.size() >= most_traits && own.count(child.key) == 0) {
        if (!too_many) value.refuse_key(fmt::format("more than {} traits", most_traits), "a persona needs few");
        too_many = true;
        continue;
      }
      own.insert(child.key);
      trait_keys_[child.key].push_back(value);
    }
  }
  for (const std::string& name : own) {
    traits_.index.emplace(name, traits_.ids.size());
    traits_.ids.push_back(name);
    parts_.traits.push_back({name, std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max(), 0.0});
  }
  traits_.known = traits_.ids;
}

bool Reader::used(std::size_t trait) const { return trait < builtin_trait_count || trait_uses_.count(trait) > 0; }

Measure Reader::measure_of(std::size_t trait) const {
  if (trait == id(BuiltinTrait::patience).index()) return Measure::duration;
  const auto use = trait_uses_.find(trait);
  if (use == trait_uses_.end() || trait < builtin_trait_count) return Measure::number;
  return use->second.role == TraitRole::time   ? Measure::duration
         : use->second.role == TraitRole::rate ? Measure::rate
                                               : Measure::number;
}

// After the touchpoints, because only they say what the scenario's own traits are.
void Reader::judge_traits() {
  std::vector<std::string> used;
  for (std::size_t i = 0; i < parts_.traits.size(); ++i) {
    if (i < builtin_trait_count || trait_uses_.count(i) > 0) used.push_back(parts_.traits[i].name);
  }
  for (std::size_t i = builtin_trait_count; i < parts_.traits.size(); ++i) {
    Trait& trait = parts_.traits[i];
    if (trait_uses_.count(i) > 0) {
      trait.low = 0.0;
      trait.high = probabilities_.count(i) > 0 ? 1.0 : keys::not_negative.high;
      continue;
    }
    const std::vector<Value>& places = trait_keys_[trait.name];
    const std::string meant = nearest(trait.name, used);
    if (!meant.empty()) {
      mistyped_traits_.insert(i);
      for (const Value& place : places) {
        place.refuse_key(fmt::format("there is no trait {}", in_quotes(trait.name)),
                         fmt::format("did you mean \"{}\"?", meant));
      }
    } else {
      const Node& first = places.front().node();
      problems_.add(
          {{Severity::warning, places.front().path(), fmt::format("nothing uses the trait {}", in_quotes(trait.name)),
            fmt::format("an exit may: probability = \"{0}\", or times = \"{0}\"", trait.name)},
           first.key_at,
           first.origin});
    }
  }
}

void Reader::judge_themes() {
  using Words = std::set<std::string>;
  const auto words_of = [](const std::vector<Value>& values) {
    Words words;
    for (const Value& value : values) words.insert(value.node().key);
    return words;
  };
  const Words needed = words_of(needed_themes_), shown = words_of(shown_themes_);
  // A hostile file must not buy a quadratic search.
  constexpr std::size_t most_comparisons = 1'000'000;
  if (needed.size() * shown.size() > most_comparisons) return;
  Words told;
  const auto judge = [&](const std::vector<Value>& values, const Words& other, const Words& own, std::string_view says) {
    const std::vector<std::string> all(other.begin(), other.end());
    std::vector<std::string> alone;
    std::copy_if(all.begin(), all.end(), std::back_inserter(alone), [&](const auto& word) { return own.count(word) == 0; });
    for (const Value& value : values) {
      const std::string& word = value.node().key;
      if (other.count(word) > 0 || told.count(word) > 0) continue;
      std::string meant = nearest(word, alone);
      if (meant.empty()) meant = nearest(word, all);
      // A word that begins as another may well be another.
      if (meant.empty() || edit_distance(word, meant, 2) > 2) continue;
      told.insert({word, meant});
      problems_.add({{Severity::warning, value.path(), fmt::format("{} {}", says, in_quotes(word)),
                      fmt::format("did you mean \"{}\"?", meant)},
                     value.node().key_at,
                     value.node().origin,
                     {}});
    }
  };
  judge(needed_themes_, shown, needed, "no content is about");
  judge(shown_themes_, needed, shown, "nobody needs");
  if (told.empty()) return;
  // What follows from it is not told.
  for (const Value& touchpoint : touchpoints_.entries) {
    problems_.mark_broken(touchpoint.path() + ".content");
    problems_.mark_broken(touchpoint.path() + ".personalisation");
  }
  for (const List* changes : {&improvements_, &events_}) {
    for (const Value& change : changes->entries) problems_.mark_broken(change.path() + ".effect.personalisation");
  }
}

void Reader::read_personas() {
  const bool by_people = std::any_of(personas_.entries.begin(), personas_.entries.end(),
                                     [](const Value& persona) { return persona_counts_people(persona.node()); });
  std::vector<PeopleOf> people(personas_.entries.size());
  for (std::size_t i = 0; i < personas_.entries.size(); ++i) {
    Persona persona;
    Table table = entity(personas_, i, persona.id, persona.name);
    persona.share = unknown;
    table.read_fields(keys::persona(), persona);
    // Accounts say who there is; without them the shares do.
    if (by_people && account_segments_.entries.empty()) table.excuse("share");
    if (!account_segments_.entries.empty()) {
      table.excuse("share");
      if (const auto share = table.take("share")) {
        problems_.add(
            {{Severity::warning, share->path(), "accounts say who there is: this share changes nothing", "remove it"},
             share->node().key_at,
             share->node().origin,
             {}});
      }
    }
    if (const auto starts = table.take("starts")) {
      if (std::optional<Table> shares =
              scenario::table(*starts, "starts", "name the first touchpoint: starts = { see-ad = 1 }")) {
        for (const Value& share : shares->rest()) {
          const auto start = position_of_key(share, touchpoints_.names);
          persona.starts.emplace_back(start ? TouchpointId(*start) : TouchpointId(),
                                      number(share, keys::fraction).value_or(unknown));
        }
      }
    }
    if (const auto arrives = table.take("arrives")) read_arrives(*arrives, persona, people[i]);
    if (const auto number = table.take("people")) {
      if (people[i].number > 0.0 && table.value().node().find("arrives")->find("per_month") != nullptr) {
        number->refuse_key("people and per_month both say how many people there are", "keep one of them");
      }
      const std::optional<double> written = scenario::number(*number);
      people[i] = {written.value_or(0.0), *number};
      if (written && !(*written > 0.0)) number->refuse("people must be > 0");
    }
    const auto standing = table.take_word<ArrivesAs>("standing");
    if (standing) persona.standing = *standing;
    if (const auto tenure = table.take("tenure")) {
      persona.tenure = distribution(*tenure, Measure::duration).value_or(Fixed{});
      // Who has a tenure was meant to be a customer, however that was written.
      if (!standing && table.value().node().find("standing") != nullptr) persona.standing = ArrivesAs::customer;
    }
    read_traits(table.take("traits"), persona, table.value());
    if (const auto correlate = table.take("correlate")) read_correlations(*correlate, persona);
    if (const auto needs = table.take("needs")) {
      if (std::optional<Table> themes = scenario::table(*needs, "needs", "write needs = { price = 0.7, speed = 0.3 }")) {
        for (const Value& weight : themes->rest()) {
          persona.needs.emplace_back(weight.node().key, number(weight).value_or(1.0));
          needed_themes_.push_back(weight);
        }
      }
    }
    if (const auto ages = table.take("ages")) {
      if (std::optional<Table> clocks = scenario::table(*ages, "ages", "write ages = { policy = \"200 days\" }")) {
        for (const Value& age : clocks->rest()) {
          const auto clock = position_of_key(age, clock_names_);
          const auto drawn = distribution(age, Measure::duration);
          if (clock && drawn) persona.ages.emplace_back(ClockId(*clock), *drawn);
        }
      }
    }
    if (const auto channels = table.take("channels")) {
      if (std::optional<Table> preferences = scenario::table(*channels, "channels", "write channels = { app = 2.0 }")) {
        for (const Value& times : preferences->rest()) {
          const auto channel = position_of_key(times, channels_.names);
          const double factor = number(times).value_or(1.0);
          if (channel) persona.channels.emplace_back(ChannelId(*channel), factor);
        }
      }
    }
    if (const auto odds = table.take("odds")) {
      constexpr std::string_view example = "write odds = [ { from = \"compare\", to = \"buy\", times = 1.4 } ]";
      for (const Value& entry : elements(*odds, std::string(example)).value_or(std::vector<Value>())) {
        PersonaOdds one;
        std::optional<Table> parts =
            scenario::table(entry, "these odds", std::string(example), &keys::table("persona_odds"));
        if (!parts) continue;
        parts->read("from", one.from, reference<TouchpointId>(touchpoints_.names));
        parts->read("to", one.to, reference<TouchpointId>(touchpoints_.names));
        parts->read_fields(keys::persona_odds(), one);
        parts->close();
        persona.odds.push_back(one);
      }
    }
    table.close();
    parts_.personas.push_back(std::move(persona));
  }
  if (by_people) share_by_people(people);
}

void Reader::read_correlations(const Value& value, Persona& persona) {
  const std::string example = "write correlate = [[\"expectation\", \"patience\", 0.4]]";
  const auto entries = elements(value, example);
  if (!entries) return;
  if (std::any_of(entries->begin(), entries->end(), [](const Value& one) { return one.node().kind != Kind::array; })) {
    value.refuse("correlate is a list of lists: each is two traits and their correlation", example);
    return;
  }
  for (const Value& entry : *entries) {
    const auto three = elements(entry, example);
    if (!three) continue;
    if (three->size() != 3) {
      entry.refuse("an entry is two traits and their correlation", example);
      continue;
    }
    const auto a = position((*three)[0], traits_), b = position((*three)[1], traits_);
    const auto correlation = number((*three)[2]);
    // An entry that was refused stays, so that the others keep their places; it correlates nothing.
    persona.correlate.push_back({a ? TraitId(*a) : TraitId(), b ? TraitId(*b) : TraitId(), correlation.value_or(0.0)});
  }
}

void Reader::read_traits(std::optional<Value> own, Persona& persona, const Value& whole) {
  std::optional<Table> values;
  if (own) values = table(*own, "traits", "write traits.patience = \"2 days\"");
  // Where the table itself has a mistyped name, its traits are not missing.
  const std::vector<Node>& keys_there = whole.node().children;
  const bool mistyped = !own && std::any_of(keys_there.begin(), keys_there.end(), [](const Node& child) {
    const keys::Table& declared = keys::table("persona");
    return declared.find(child.key) == nullptr && nearest(child.key, declared.names()) == "traits";
  });
  for (std::size_t i = 0; i < parts_.traits.size(); ++i) {
    const Trait& trait = parts_.traits[i];
    Distribution drawn = Fixed{trait.standard};
    if (const auto standard = trait_defaults_.find(i); standard != trait_defaults_.end()) drawn = standard->second;
    const std::optional<Value> value = values ? values->take(trait.name) : std::nullopt;
    if (value && mistyped_traits_.count(i) == 0 && used(i)) {
      drawn = distribution(*value, measure_of(i)).value_or(drawn);
    } else if (const auto use = trait_uses_.find(i); use != trait_uses_.end() && i >= builtin_trait_count &&
                                                     trait_defaults_.count(i) == 0 && !mistyped && (!own || values)) {
      problems_.error(
          fmt::format("{}.traits.{}", whole.path(), trait.name), whole.node().at, whole.node().origin,
          fmt::format("persona {} does not set the trait {}", in_quotes(persona.id), in_quotes(trait.name)),
          fmt::format("{} uses it{}: set traits.{} here, or in [behaviour] for all", in_quotes(use->second.touchpoint),
                      use->second.role == TraitRole::probability ? " as a probability" : "", trait.name));
    }
    persona.traits.push_back(drawn);
  }
}

}  // namespace sojourn::scenario
