#include "market_exchange.hpp"

#include <algorithm>

#include "sojourn/behaviour/queue.hpp"

namespace sojourn {

void Traffic::clear() {
  std::fill(arrivals.begin(), arrivals.end(), Arrivals{});
  reviews = stars = 0;
  held.clear();
}

Market::Market(const Program& program, const Population& population, const Society& society, const Streams& streams,
               Crowd& crowd)
    : program_(program),
      population_(population),
      streams_(streams),
      crowd_(crowd),
      people_per_customer_(program.model().people_per_customer()) {
  const ModelParts& parts = program.model().parts();
  surroundings_.waits.assign(parts.touchpoints.size(), 0.0);
  backlog_.assign(parts.touchpoints.size(), 0.0);
  if (parts.reviews) surroundings_.posting = &*parts.reviews;
  if (society.accounts) {
    surroundings_.accounts = &*society.accounts;
    gates_.emplace(program, *society.accounts, streams);
    surroundings_.gates = gates_->places();
  }
  if (!society.network) return;
  talk_.emplace(*parts.word_of_mouth, *society.network, streams);
  voices_.assign(crowd.customers(), Voice::silent);
  positive_.assign(crowd.customers(), 0);
  negative_.assign(crowd.customers(), 0);
  introduced_by_.assign(crowd.customers(), introduced_by_nobody);
  speakers_.voice = voices_.data();
  speakers_.persona = crowd.personas().data();
  speakers_.talkativeness_of.clear();
  const auto trait = static_cast<std::size_t>(BuiltinTrait::talkativeness);
  bool alike = true;
  for (std::uint32_t p = 0; p < parts.personas.size(); ++p) {
    alike = alike && std::holds_alternative<Fixed>(parts.personas[p].traits[trait]);
    speakers_.talkativeness_of.push_back(population.trait(p, trait, 0));
  }
  if (!alike) talkativeness_.resize(crowd.customers());
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    hears_.push_back(std::any_of(touchpoint.next.begin(), touchpoint.next.end(),
                                 [](const Exit& exit) { return exit.on == Trigger::heard; })
                         ? 1
                         : 0);
  }
}

void Market::exchange(std::size_t window, std::span<const Traffic> traffic, const OverBlocks& over_blocks,
                      const std::function<Tally&(std::size_t)>& tally_of) {
  serve(window, traffic, tally_of(0));
  if (surroundings_.posting != nullptr) publish(window, traffic);
  if (gates_) {
    std::vector<Held> held;
    for (const Traffic& block : traffic) held.insert(held.end(), block.held.begin(), block.held.end());
    Lives lives(program_, population_, streams_, &surroundings_);
    gates_->decide(window, held, lives, crowd_);
  }
  if (talk_) talk(window, over_blocks, tally_of);
}

/// Queues: the wait of the next window, from the arrivals of the last.
void Market::serve(std::size_t window, std::span<const Traffic> traffic, Tally& tally) {
  const Windows& windows = program_.windows();
  const TallyShape& shape = tally.shape();
  const double begin = windows.begin(window - 1), now = windows.end(window - 1);
  const std::size_t regime = program_.regime(now);
  for (std::uint32_t v = 0; v < backlog_.size(); ++v) {
    if (!program_.place(v).queues) continue;
    double people = 0.0, impatient = 0.0, patience = 0.0;  // blocks are always the same, and so is the order of their sums
    for (const Traffic& block : traffic) {
      people += static_cast<double>(block.arrivals[v].people);
      impatient += static_cast<double>(block.arrivals[v].impatient);
      patience += static_cast<double>(block.arrivals[v].patience) / Traffic::patience_scale;
    }
    const Capacity& capacity = program_.capacity(regime, v);
    behaviour::QueueState queue{people * people_per_customer_ / (now - begin), backlog_[v], now - begin, now};
    // The exits of those who give up are the touchpoint's: all who come may take them, or none.
    if (impatient > 0.0) queue.patience = patience / impatient;
    surroundings_.waits[v] = behaviour::wait(queue, capacity.servers, capacity.handle_time);
    backlog_[v] = behaviour::next_backlog(queue, behaviour::capacity(capacity.servers, capacity.handle_time));
    // No wait is longer than the horizon, as far as anybody can tell.
    surroundings_.waits[v] = std::min(surroundings_.waits[v], program_.horizon());
    tally.add(shape.queue(v, window, QueueScore::wait), fixed(surroundings_.waits[v], shape.scales.days));
    tally.add(shape.queue(v, window, QueueScore::backlog),
              fixed(std::min(backlog_[v] / people_per_customer_, 4e9), backlog_scale));
  }
}

/// Reviews: the public record of the next window.
void Market::publish(std::size_t window, std::span<const Traffic> traffic) {
  const ModelParts& parts = program_.model().parts();
  const Windows& windows = program_.windows();
  const double width = windows.end(window - 1) - windows.begin(window - 1);
  const double remembered = parts.word_of_mouth ? parts.word_of_mouth->remembered.value() : WordOfMouth().remembered.value();
  std::uint64_t reviews = 0, stars = 0;
  for (const Traffic& block : traffic) {
    reviews += block.reviews;
    stars += block.stars;
  }
  record_ = behaviour::renew(record_, width, remembered, static_cast<double>(reviews) * people_per_customer_,
                             static_cast<double>(stars) * people_per_customer_);
  surroundings_.reviews = behaviour::proof_of_reviews(record_, parts.reviews->weight);
}

/// Word of mouth: everybody speaks of the window that is over, then everybody has heard.
void Market::talk(std::size_t window, const OverBlocks& over_blocks, const std::function<Tally&(std::size_t)>& tally_of) {
  const Windows& windows = program_.windows();
  const double now = windows.end(window - 1), days = now - windows.begin(window - 1);
  const Hearers hearers{positive_.data(), negative_.data(), crowd_.heard().data(), introduced_by_.data()};
  if (window == 1 && !talkativeness_.empty()) {
    const auto trait = static_cast<std::size_t>(BuiltinTrait::talkativeness);
    over_blocks([&](std::size_t, std::uint32_t begin, std::uint32_t end) {
      for (std::uint32_t i = begin; i < end; ++i) {
        const std::uint32_t persona = crowd_.personas()[i];
        talkativeness_[i] =
            surroundings_.accounts == nullptr
                ? population_.trait(streams_, i, persona, trait)
                : population_.trait_of_member(streams_, i, surroundings_.accounts->account_of(i), persona, trait);
      }
    });
    speakers_.talkativeness = talkativeness_.data();
  }
  over_blocks([&](std::size_t, std::uint32_t begin, std::uint32_t end) {
    for (std::uint32_t i = begin; i < end; ++i) {
      voices_[i] = voice(i, now);
      if (crowd_.bought(i) && introduced_by_[i] == introduced_by_nobody) introduced_by_[i] = came_alone;
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
    Lives lives(program_, population_, streams_, &surroundings_);
    for (const Heard& messages : heard) {
      const std::uint32_t i = messages.person;
      if (!crowd_.present(i)) {
        // Nobody hears of a company before the journey begins.
        crowd_.heard()[i] = 0.0f;
        introduced_by_[i] = introduced_by_nobody;
        continue;
      }
      recorder.heard(crowd_.personas()[i], window, messages.positive, messages.negative);
      if (messages.positive == 0 || !crowd_.waiting(i) || hears_[crowd_.touchpoint(i)] == 0) continue;
      Life life = crowd_.look_at(lives, i, window);
      lives.meet(i, life);
      if (lives.hear(i, life, window, messages.positive)) crowd_.redirect(i, life.stay);
    }
  });
}

/// Customers speak, and those who churned a short while ago.
Voice Market::voice(std::uint32_t customer, double now) const {
  const Standing standing = crowd_.standing(customer);
  const bool churned = standing == Standing::churned &&
                       now - crowd_.since(customer) <= program_.model().parts().word_of_mouth->talks_after_churn.value();
  if (standing != Standing::customer && !churned) return Voice::silent;
  return static_cast<Voice>(1 + crowd_.promoter_class(customer));
}

}  // namespace sojourn
