#include "market_exchange.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace sojourn {

void WindowEvents::clear() {
  coming.clear();
  near_queues.clear();
  served.clear();
  reviews = stars = 0;
  held.clear();
  churned.clear();
  standing_changes.clear();
  ended.clear();
}

void WindowEvents::append(const WindowEvents& more) {
  const auto join = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  join(near_queues, more.near_queues);
  join(served, more.served);
  reviews += more.reviews;
  stars += more.stars;
  join(held, more.held);
  join(churned, more.churned);
  join(standing_changes, more.standing_changes);
  join(ended, more.ended);
}

void WindowEvents::set_aside(CustomerStore& store, std::uint32_t customer, const Life& life, const Recorder& recorder,
                             bool accounts) {
  const Standing before = store.standing(customer);
  store.set_aside(customer, life, recorder);
  if (!accounts) return;
  if (life.state.standing != before) standing_changes.push_back({customer, before, life.state.standing});
  if (!store.alive(customer)) ended.push_back(customer);
}

Market::Market(const lock_step::Compiled& compiled, const Relations& relations, const Streams& streams, CustomerStore& store,
               int threads, WindowExchange& others)
    : compiled_(compiled),
      program_(compiled.program()),
      population_(compiled.population()),
      streams_(streams),
      store_(store),
      others_(others),
      shares_(relations.shares),
      people_per_customer_(program_.model().people_per_customer()) {
  const ModelParts& parts = program_.model().parts();
  if (parts.reviews) market_state_.posting = &*parts.reviews;
  if (relations.accounts) {
    market_state_.accounts = &*relations.accounts;
    gates_.emplace(program_, *relations.accounts, streams, Share{store.first(), store.end()});
    market_state_.gates = gates_->places();
  }
  if (relations.network) prepare_talk(relations, threads);
}

void Market::prepare_talk(const Relations& relations, int threads) {
  const ModelParts& parts = program_.model().parts();
  talk_.emplace(*parts.word_of_mouth, *relations.network, streams_, threads == 1);
  messages_.assign(store_.customers(), MessageCounts{});
  speakers_.first = store_.first();
  speakers_.voice = store_.columns().voice;
  const auto trait = static_cast<std::size_t>(BuiltinTrait::talkativeness);
  speakers_.talkativeness_of = {population_.trait(0, trait, 0)};
  speakers_.talkativeness = store_.columns().talkativeness;
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    hears_.push_back(std::any_of(touchpoint.next.begin(), touchpoint.next.end(),
                                 [](const Exit& exit) { return exit.on == Trigger::heard; })
                         ? 1
                         : 0);
  }
}

lock_step::MarketView Market::view(WindowEvents& events) const {
  const TallyShape& shape = compiled_.tables().shape;
  lock_step::MarketView view{};
  view.reviews = market_state_.reviews;
  view.posting = market_state_.posting != nullptr;
  if (view.posting) {
    view.posting_probability = static_cast<float>(market_state_.posting->probability);
    view.posting_extremity = static_cast<float>(market_state_.posting->extremity);
  }
  view.reviews_posted = &events.reviews;
  view.stars_posted = &events.stars;
  view.accounts = market_state_.accounts;
  view.gates = market_state_.gates.data();
  view.touchpoints = static_cast<std::int32_t>(shape.touchpoints);
  view.at_gate = [](const lock_step::MarketView& market, std::uint32_t customer, std::int32_t touchpoint) {
    const auto& accounts = *static_cast<const Accounts*>(market.accounts);
    const std::size_t segment = accounts.segment(accounts.account_of(customer));
    return market.gates[segment * static_cast<std::size_t>(market.touchpoints) + static_cast<std::size_t>(touchpoint)] != 0;
  };
  view.market = this;
  view.persona_of = [](const lock_step::MarketView& market, std::uint32_t customer) {
    return static_cast<const Market*>(market.market)->persona_of(customer);
  };
  view.events = &events;
  view.held = [](void* told, std::uint32_t customer, float effort, std::uint32_t touchpoint, bool solved) {
    static_cast<WindowEvents*>(told)->held.push_back({customer, effort, touchpoint, solved});
  };
  view.come_to_queues = [](void* told, const lock_step::Arrival* arrivals, int count) {
    std::vector<VisitAt>& coming = static_cast<WindowEvents*>(told)->coming;
    for (int k = 0; k < count; ++k) {
      const lock_step::Arrival& one = arrivals[k];
      coming.push_back({one.customer, one.event, one.persona, one.touchpoint, one.time});
    }
  };
  view.standing_changes = [](void* told, std::uint32_t customer, std::int32_t from, std::int32_t to) {
    static_cast<WindowEvents*>(told)->standing_changes.push_back({customer, standing_of(from), standing_of(to)});
  };
  view.ended = [](void* told, std::uint32_t customer) { static_cast<WindowEvents*>(told)->ended.push_back(customer); };
  view.churned = [](void* told, std::uint32_t customer) { static_cast<WindowEvents*>(told)->churned.push_back(customer); };
  return view;
}

void Market::exchange(std::size_t window, std::span<const WindowEvents> events, const OverBlocks& over_blocks,
                      const std::function<Tally&(std::size_t)>& tally_of) {
  if (market_state_.posting != nullptr) publish(window, events);
  departures_.assign(1 + events.size(), {});
  if (gates_) {
    for (std::vector<std::uint32_t>& block : led_away_) {
      for (const std::uint32_t customer : block) gates_->leave(customer);
      block.clear();
    }
    for (const WindowEvents& block : events) {
      gates_->hold(block.held);
      for (const std::uint32_t customer : block.ended) gates_->end(customer);
    }
    WaitingCustomers waiting(compiled_, streams_, market_state_.accounts, store_);
    gates_->decide(window, waiting, store_);
    departures_.front() = std::move(waiting.departures());
  }
  if (talk_) talk(window, events, over_blocks, tally_of);
}

std::vector<Departure> Market::departures() const {
  std::vector<Departure> all;
  for (const std::vector<Departure>& each : departures_) all.insert(all.end(), each.begin(), each.end());
  return all;
}

/// Reviews: the public record of the next window.
void Market::publish(std::size_t window, std::span<const WindowEvents> events) {
  const ModelParts& parts = program_.model().parts();
  const Windows& windows = program_.windows();
  const double width = windows.end(window - 1) - windows.begin(window - 1);
  const double remembered = parts.word_of_mouth ? parts.word_of_mouth->remembered.value() : WordOfMouth().remembered.value();
  std::array<std::uint64_t, 2> posted{};  // reviews, stars
  for (const WindowEvents& block : events) {
    posted[0] += block.reviews;
    posted[1] += block.stars;
  }
  others_.add_up(posted);
  record_ = behaviour::renew(record_, width, remembered, static_cast<double>(posted[0]) * people_per_customer_,
                             static_cast<double>(posted[1]) * people_per_customer_);
  market_state_.reviews = behaviour::proof_of_reviews(record_, parts.reviews->weight);
}

/// Word of mouth: everybody speaks of the window that is over, then everybody has heard.
void Market::talk(std::size_t window, std::span<const WindowEvents> events, const OverBlocks& over_blocks,
                  const std::function<Tally&(std::size_t)>& tally_of) {
  const Windows& windows = program_.windows();
  const double now = windows.end(window - 1), days = now - windows.begin(window - 1);
  const Hearers hearers{messages_.data(),
                        &many_messages_,
                        store_.columns().heard,
                        &store_.columns().kept->introduced_by,
                        sizeof(lock_step::Kept) / sizeof(std::uint32_t),
                        {store_.first(), store_.end()},
                        &abroad_};
  churned_.resize(events.size());
  led_away_.resize(events.size());
  over_blocks([&](std::size_t block, std::uint32_t, std::uint32_t) {
    set_voices_of_churned(churned_[block], events[block].churned, now);
  });
  over_blocks([&](std::size_t, std::uint32_t begin, std::uint32_t end) {
    talk_->speak(begin, end, static_cast<std::uint32_t>(window - 1), days, speakers_, hearers);
  });
  if (!others_.alone()) carry_messages(hearers);
  over_blocks([&](std::size_t block, std::uint32_t begin, std::uint32_t end) {
    std::vector<Heard> heard;
    talk_->hear(begin, end, days, hearers, heard);
    Tally& tally = tally_of(block);
    Recorder recorder(program_, tally);
    WaitingCustomers waiting(compiled_, streams_, market_state_.accounts, store_);
    constexpr std::size_t ahead = 16;  // rows that the memory is asked for before their turn
    for (std::size_t k = 0; k < heard.size(); ++k) {
      if (k + ahead < heard.size()) store_.prefetch(heard[k + ahead].person);
      const Heard& messages = heard[k];
      const std::uint32_t i = messages.person;
      if (!store_.present(i)) {
        // Nobody hears of a company before the journey begins.
        hearers.proof(i) = 0.0f;
        hearers.introduction(i) = store_.introduced_by_at_arrival(store_.persona(i));
        continue;
      }
      recorder.heard(store_.persona(i), window, messages.positive, messages.negative);
      if (messages.positive == 0 || !store_.waiting(i) || hears_[store_.touchpoint(i)] == 0) continue;
      if (in_line_ && in_line_(i)) continue;  // a message pulls nobody out of a line
      if (waiting.hear(i, window, messages.positive) && gates_) led_away_[block].push_back(i);
    }
    departures_[1 + block] = std::move(waiting.departures());
  });
}

/// Messages to customers who are lived elsewhere go there, and others come.
void Market::carry_messages(const Hearers& hearers) {
  constexpr std::uint32_t positive = 0x80000000u;  // beside the speaker's number
  std::vector<std::string> texts(shares_.size());
  for (const Message& message : abroad_.take()) {
    const auto share = std::upper_bound(shares_.begin(), shares_.end(), message.hearer,
                                        [](std::uint32_t hearer, const Share& each) { return hearer < each.end; });
    const std::uint32_t words[] = {message.hearer, message.speaker | (message.positive ? positive : 0)};
    texts[static_cast<std::size_t>(share - shares_.begin())].append(reinterpret_cast<const char*>(words), sizeof words);
  }
  texts = others_.swap(std::move(texts));
  for (const std::string& text : texts) {
    std::vector<Message> messages(text.size() / (2 * sizeof(std::uint32_t)));
    for (std::size_t m = 0; m < messages.size(); ++m) {
      std::uint32_t words[2];
      std::memcpy(words, text.data() + m * sizeof words, sizeof words);
      messages[m] = {words[0], words[1] & ~positive, (words[1] & positive) != 0};
    }
    talk_->arrive(messages, hearers);
  }
}

/// Customers speak, and those who churned a short while ago: `churned` is a list of these, `more` are to join it. Who is
/// none of these any more leaves it.
void Market::set_voices_of_churned(std::vector<std::uint32_t>& churned, std::span<const std::uint32_t> more,
                                   double now) const {
  const double talks = program_.model().parts().word_of_mouth->talks_after_churn.value();
  churned.insert(churned.end(), more.begin(), more.end());
  constexpr std::size_t ahead = 16;  // rows that the memory is asked for before their turn
  std::size_t kept = 0;
  for (std::size_t k = 0; k < churned.size(); ++k) {
    if (k + ahead < churned.size()) store_.prefetch(churned[k + ahead]);
    const std::uint32_t customer = churned[k];
    if (store_.standing(customer) != Standing::churned) continue;
    const bool silent = now - store_.since(customer) > talks;
    store_.give_voice(customer, silent ? Voice::silent : static_cast<Voice>(1 + store_.promoter_class(customer)));
    churned[kept] = customer;
    kept += silent ? 0 : 1;
  }
  churned.resize(kept);
}

}  // namespace sojourn
