// The state of all customers of a replication between windows, in columns.
#pragma once

#include <cstdint>
#include <vector>

#include "sojourn/engine/life.hpp"
#include "sojourn/engine/recorder.hpp"

namespace sojourn {

/// One column a line; row i is customer i. 47 bytes a customer.
class CustomerStore {
 public:
  /// Room for people, who have all yet to arrive.
  CustomerStore(const Program& program, std::uint32_t customers);
  /// Draws customers `begin` to `end`. Who does not arrive within the horizon stays absent for good.
  void arrive(const Lives& lives, std::uint32_t begin, std::uint32_t end);

  [[nodiscard]] std::uint32_t customers() const { return static_cast<std::uint32_t>(next_.size()); }
  /// Whether the next visit of `customer` comes by time `until`.
  [[nodiscard]] bool due(std::uint32_t customer, double until) const { return next_[customer] <= until; }
  /// The persona of each customer.
  [[nodiscard]] const std::vector<std::uint16_t>& personas() const { return persona_; }
  /// Memory of a customer's row.
  static constexpr std::size_t bytes_per_customer = 3 * sizeof(double) + 3 * sizeof(float) + 5 * sizeof(std::uint16_t) + 1;
  /// Social proof of each customer, to be updated between windows.
  [[nodiscard]] std::vector<float>& heard() { return heard_; }
  /// Satisfaction of who has arrived.
  [[nodiscard]] float satisfaction(std::uint32_t customer) const { return satisfaction_[customer]; }

  /// Whether the customer has arrived.
  [[nodiscard]] bool present(std::uint32_t customer) const { return standing(customer) != Standing::absent; }
  /// Whether the customer waits at a touchpoint: arrived, and not at an end.
  [[nodiscard]] bool waiting(std::uint32_t customer) const { return present(customer) && !has(customer, over); }
  [[nodiscard]] bool bought(std::uint32_t customer) const { return has(customer, has_bought); }
  [[nodiscard]] Standing standing(std::uint32_t customer) const { return static_cast<Standing>(status_[customer] & 7); }
  /// 0 promoter, 1 passive, 2 detractor, of who has bought.
  [[nodiscard]] std::int32_t promoter_class(std::uint32_t customer) const { return status_[customer] >> 3 & 3; }
  /// The touchpoint of who has arrived.
  [[nodiscard]] std::uint32_t touchpoint(std::uint32_t customer) const { return place_[customer]; }
  /// When the customer bought or, once churned, churned.
  [[nodiscard]] double since(std::uint32_t customer) const { return since_[customer]; }

  /// Whether the customer may still come to a touchpoint.
  [[nodiscard]] bool alive(std::uint32_t customer) const { return waiting(customer) || next_[customer] < never; }
  /// Whether the customer is on the way from the touchpoint to another.
  [[nodiscard]] bool leaving(std::uint32_t customer) const { return exit_[customer] != no_exit; }

  /// The life of a customer as it stands at the beginning of `window`.
  [[nodiscard]] Life look_at(const Lives& lives, std::uint32_t customer, std::size_t window) const;
  /// The same, to be gone on with: `recorder` is told.
  [[nodiscard]] Life take_up(const Lives& lives, std::uint32_t customer, std::size_t window, Recorder& recorder) const;
  /// The stay of a customer between two windows, changed.
  void redirect(std::uint32_t customer, const Stay& stay);
  /// Sets the life aside; `ended` where nothing can happen any more.
  void set_aside(std::uint32_t customer, const Life& life, bool ended, const Recorder& recorder);

 private:
  enum : std::uint8_t { has_bought = 32, tenure_counted = 64, over = 128 };
  static constexpr std::uint16_t no_exit = 0xFFFF;
  static constexpr double never = 1e300;
  [[nodiscard]] bool has(std::uint32_t customer, std::uint8_t flag) const { return (status_[customer] & flag) != 0; }

  const Program& program_;
  std::vector<double> next_;  // time of the next visit; beyond any horizon for who has none
  std::vector<double> luck_, since_;
  std::vector<float> satisfaction_, expectation_, heard_;
  std::vector<std::uint16_t> event_, exit_, place_, persona_, team_;  // the exit leads to the next visit; team from 1
  std::vector<std::uint8_t> status_;                                  // standing, promoter class, flags
  std::vector<std::uint32_t> exit_to_;
};

}  // namespace sojourn
