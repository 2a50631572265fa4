#include "market_exchange.hpp"

#include <algorithm>

#include "sojourn/behaviour/queue.hpp"

namespace sojourn {

void WindowEvents::clear() {
  std::fill(arrivals.begin(), arrivals.end(), Arrivals{});
  reviews = stars = 0;
  held.clear();
}

Market::Market(const Program& program, const Population& population, const Relations& relations, const Streams& streams,
               CustomerStore& store)
    : program_(program),
      population_(population),
      streams_(streams),
      store_(store),
      people_per_customer_(program.model().people_per_customer()) {
  const ModelParts& parts = program.model().parts();
  market_state_.waits.assign(parts.touchpoints.size(), 0.0);
  backlog_.assign(parts.touchpoints.size(), 0.0);
  if (parts.reviews) market_state_.posting = &*parts.reviews;
  if (relations.accounts) {
    market_state_.accounts = &*relations.accounts;
    gates_.emplace(program, *relations.accounts, streams);
    market_state_.gates = gates_->places();
  }
  if (!relations.network) return;
  talk_.emplace(*parts.word_of_mouth, *relations.network, streams);
  voices_.assign(store.customers(), Voice::silent);
  positive_.assign(store.customers(), 0);
  negative_.assign(store.customers(), 0);
  introduced_by_.assign(store.customers(), introduced_by_nobody);
  speakers_.voice = voices_.data();
  speakers_.persona = store.personas().data();
  speakers_.talkativeness_of.clear();
  const auto trait = static_cast<std::size_t>(BuiltinTrait::talkativeness);
  bool alike = true;
  for (std::uint32_t p = 0; p < parts.personas.size(); ++p) {
    alike = alike && std::holds_alternative<Fixed>(parts.personas[p].traits[trait]);
    speakers_.talkativeness_of.push_back(population.trait(p, trait, 0));
  }
  if (!alike) talkativeness_.resize(store.customers());
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    hears_.push_back(std::any_of(touchpoint.next.begin(), touchpoint.next.end(),
                                 [](const Exit& exit) { return exit.on == Trigger::heard; })
                         ? 1
                         : 0);
  }
}

void Market::exchange(std::size_t window, std::span<const WindowEvents> events, const OverBlocks& over_blocks,
                      const std::function<Tally&(std::size_t)>& tally_of) {
  serve(window, events, tally_of(0));
  if (market_state_.posting != nullptr) publish(window, events);
  if (gates_) {
    std::vector<Held> held;
    for (const WindowEvents& block : events) held.insert(held.end(), block.held.begin(), block.held.end());
    Lives lives(program_, population_, streams_, &market_state_);
    gates_->decide(window, held, lives, store_);
  }
  if (talk_) talk(window, over_blocks, tally_of);
}

/// Queues: the wait of the next window, from the arrivals of the last.
void Market::serve(std::size_t window, std::span<const WindowEvents> events, Tally& tally) {
  const Windows& windows = program_.windows();
  const TallyShape& shape = tally.shape();
  const double begin = windows.begin(window - 1), now = windows.end(window - 1);
  const std::size_t regime = program_.regime(now);
  for (std::uint32_t v = 0; v < backlog_.size(); ++v) {
    if (!program_.place(v).queues) continue;
    double people = 0.0, impatient = 0.0, patience = 0.0;  // blocks are always the same, and so is the order of their sums
    for (const WindowEvents& block : events) {
      people += static_cast<double>(block.arrivals[v].people);
      impatient += static_cast<double>(block.arrivals[v].impatient);
      patience += static_cast<double>(block.arrivals[v].patience) / WindowEvents::patience_scale;
    }
    const Capacity& capacity = program_.capacity(regime, v);
    behaviour::QueueState queue{people * people_per_customer_ / (now - begin), backlog_[v], now - begin, now};
    // The exits of those who give up are the touchpoint's: all who come may take them, or none.
    if (impatient > 0.0) queue.patience = patience / impatient;
    market_state_.waits[v] = behaviour::wait(queue, capacity.servers, capacity.handle_time);
    backlog_[v] = behaviour::next_backlog(queue, behaviour::capacity(capacity.servers, capacity.handle_time));
    // No wait is longer than the horizon, as far as anybody can tell.
    market_state_.waits[v] = std::min(market_state_.waits[v], program_.horizon());
    tally.add(shape.queue(v, window, QueueScore::wait), fixed(market_state_.waits[v], shape.scales.days));
    tally.add(shape.queue(v, window, QueueScore::backlog),
              fixed(std::min(backlog_[v] / people_per_customer_, 4e9), backlog_scale));
  }
}

/// Reviews: the public record of the next window.
void Market::publish(std::size_t window, std::span<const WindowEvents> events) {
  const ModelParts& parts = program_.model().parts();
  const Windows& windows = program_.windows();
  const double width = windows.end(window - 1) - windows.begin(window - 1);
  const double remembered = parts.word_of_mouth ? parts.word_of_mouth->remembered.value() : WordOfMouth().remembered.value();
  std::uint64_t reviews = 0, stars = 0;
  for (const WindowEvents& block : events) {
    reviews += block.reviews;
    stars += block.stars;
  }
  record_ = behaviour::renew(record_, width, remembered, static_cast<double>(reviews) * people_per_customer_,
                             static_cast<double>(stars) * people_per_customer_);
  market_state_.reviews = behaviour::proof_of_reviews(record_, parts.reviews->weight);
}

/// Word of mouth: everybody speaks of the window that is over, then everybody has heard.
void Market::talk(std::size_t window, const OverBlocks& over_blocks, const std::function<Tally&(std::size_t)>& tally_of) {
  const Windows& windows = program_.windows();
  const double now = windows.end(window - 1), days = now - windows.begin(window - 1);
  const Hearers hearers{positive_.data(), negative_.data(), store_.heard().data(), introduced_by_.data()};
  if (window == 1 && !talkativeness_.empty()) {
    const auto trait = static_cast<std::size_t>(BuiltinTrait::talkativeness);
    over_blocks([&](std::size_t, std::uint32_t begin, std::uint32_t end) {
      for (std::uint32_t i = begin; i < end; ++i) {
        const std::uint32_t persona = store_.personas()[i];
        talkativeness_[i] =
            market_state_.accounts == nullptr
                ? population_.trait(streams_, i, persona, trait)
                : population_.trait_of_member(streams_, i, market_state_.accounts->account_of(i), persona, trait);
      }
    });
    speakers_.talkativeness = talkativeness_.data();
  }
  over_blocks([&](std::size_t, std::uint32_t begin, std::uint32_t end) {
    for (std::uint32_t i = begin; i < end; ++i) {
      voices_[i] = voice(i, now);
      if (store_.bought(i) && introduced_by_[i] == introduced_by_nobody) introduced_by_[i] = came_alone;
    }
  });
  over_blocks([&](std::size_t, std::uint32_t begin, std::uint32_t end) {
    talk_->speak(begin, end, static_cast<std::uint32_t>(window - 1), days, speakers_, hearers);
  });
  over_blocks([&](std::size_t block, std::uint32_t begin, std::uint32_t end) {
    std::vector<Heard> heard;
    talk_->hear(begin, end, days, hearers, heard);
    Tally& tally = tally_of(block);
    Recorder recorder(program_, tally);
    Lives lives(program_, population_, streams_, &market_state_);
    for (const Heard& messages : heard) {
      const std::uint32_t i = messages.person;
      if (!store_.present(i)) {
        // Nobody hears of a company before the journey begins.
        store_.heard()[i] = 0.0f;
        introduced_by_[i] = introduced_by_nobody;
        continue;
      }
      recorder.heard(store_.personas()[i], window, messages.positive, messages.negative);
      if (messages.positive == 0 || !store_.waiting(i) || hears_[store_.touchpoint(i)] == 0) continue;
      Life life = store_.look_at(lives, i, window);
      lives.meet(i, life);
      if (lives.hear(i, life, window, messages.positive)) store_.redirect(i, life.stay);
    }
  });
}

/// Customers speak, and those who churned a short while ago.
Voice Market::voice(std::uint32_t customer, double now) const {
  const Standing standing = store_.standing(customer);
  const bool churned = standing == Standing::churned &&
                       now - store_.since(customer) <= program_.model().parts().word_of_mouth->talks_after_churn.value();
  if (standing != Standing::customer && !churned) return Voice::silent;
  return static_cast<Voice>(1 + store_.promoter_class(customer));
}

}  // namespace sojourn
