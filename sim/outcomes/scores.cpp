#include "sojourn/outcomes/scores.hpp"

#include <array>
#include <vector>

namespace sojourn {
namespace {

using Kind = ScoreKind;
using Scale = ScoreScale;
constexpr Needs always = Needs::nothing;

using TimeRow = Score<TimeScore, Sums>;
using PersonRow = Score<PersonScore, Sums>;
using TouchRow = Score<TouchScore, TouchSums>;
using AccountRow = Score<AccountScore, Sums>;

// Of each score: what is counted and how it is kept in the file; below it the sum that estimates are made of.
// clang-format off
constexpr std::array all_time_scores{
    TimeRow{TimeScore::prospects, Kind::stock, Scale::one, "prospects", "people", "people who arrived, have not bought and not left, at the window's end", always,
        {&Sums::prospects, "prospects", "people", "prospects at the horizon"}},
    TimeRow{TimeScore::lost, Kind::stock, Scale::one, "lost", "people", "people who left before buying, at the window's end", always,
        {&Sums::lost, "lost", "people", "people who left before buying"}},
    TimeRow{TimeScore::customers, Kind::stock, Scale::one, "customers", "people", "customers present at the window's end", always,
        {&Sums::customers, "customers", "people", "customers at the horizon"}},
    TimeRow{TimeScore::churned, Kind::stock, Scale::one, "churned", "people", "people who left after buying, at the window's end", always,
        {&Sums::churned, "churned", "people", "people who left after buying"}},
    TimeRow{TimeScore::bought, Kind::stock, Scale::one, "bought", "people", "people who ever bought, up to the window's end", always,
        {&Sums::bought, "bought", "people", "people who ever bought"}},
    TimeRow{TimeScore::promoters, Kind::stock, Scale::one, "promoters", "people", "customers who would answer 9 or 10, at the window's end", always,
        {&Sums::promoters, "promoters", "people", "customers at the horizon who would answer 9 or 10"}},
    TimeRow{TimeScore::passives, Kind::stock, Scale::one, "passives", "people", "customers who would answer 7 or 8, at the window's end", always,
        {&Sums::passives, "passives", "people", "customers at the horizon who would answer 7 or 8"}},
    TimeRow{TimeScore::detractors, Kind::stock, Scale::one, "detractors", "people", "customers who would answer 0 to 6, at the window's end", always,
        {&Sums::detractors, "detractors", "people", "customers at the horizon who would answer 0 to 6"}},
    TimeRow{TimeScore::satisfaction, Kind::mean_of_people, Scale::score, "satisfaction", "1", "mean satisfaction of customers present at the window's end, 0 to 1", always,
        {&Sums::satisfaction, "satisfaction", "1", "sum of satisfaction over customers at the horizon"}},
    TimeRow{TimeScore::expectation, Kind::mean_of_people, Scale::score, "expectation", "1", "mean expectation of customers present at the window's end, 0 to 1", always,
        {&Sums::expectation, "expectation", "1", "sum of expectation over customers at the horizon"}},
    TimeRow{TimeScore::heard_positive, Kind::flow, Scale::one, "heard_positive", "messages", "positive messages heard in the window", always,
        {&Sums::heard_positive, "heard_positive", "messages", "positive messages heard"}},
    TimeRow{TimeScore::heard_negative, Kind::flow, Scale::one, "heard_negative", "messages", "negative messages heard in the window", always,
        {&Sums::heard_negative, "heard_negative", "messages", "negative messages heard"}},
};
static_assert(all_time_scores.size() == time_score_count);

constexpr std::array all_person_scores{
    PersonRow{PersonScore::arrived, Kind::total, Scale::one, "", "", "", always,
        {&Sums::arrived, "arrived", "people", "people who arrived"}},
    PersonRow{PersonScore::days_to_purchase, Kind::total, Scale::days, "", "", "", always,
        {&Sums::days_to_purchase, "days_to_purchase", "day", "sum of days from arrival to first purchase"}},
    PersonRow{PersonScore::referred, Kind::total, Scale::one, "", "", "", always,
        {&Sums::referred, "referred", "people", "buyers to whom a customer had spoken well before"}},
    PersonRow{PersonScore::brought, Kind::total, Scale::one, "", "", "", always,
        {&Sums::brought, "brought", "people", "buyers to whom one of these had spoken first"}},
};
static_assert(all_person_scores.size() == person_score_count);

constexpr std::array all_touch_scores{
    TouchRow{TouchScore::visits, Kind::count, Scale::one, "visits", "count", "visits up to the horizon", always,
        {&TouchSums::visits, "touch_visits", "count", "visits"}},
    TouchRow{TouchScore::repeats, Kind::count, Scale::one, "repeats", "count", "visits at which context was lost and the customer had to repeat themselves", always,
        {&TouchSums::repeats, "touch_repeats", "count", "visits at which context was lost"}},
    TouchRow{TouchScore::quality, Kind::mean_of_visits, Scale::score, "touch_quality", "1", "mean delivered quality per visit, 0 to 1", always,
        {&TouchSums::quality, "touch_quality", "1", "sum of delivered quality over visits"}},
    TouchRow{TouchScore::satisfaction, Kind::mean_of_visits, Scale::score, "touch_satisfaction", "1", "mean appraisal per visit, 0 to 1", always,
        {&TouchSums::satisfaction, "touch_satisfaction", "1", "sum of appraisals over visits"}},
    TouchRow{TouchScore::effort, Kind::mean_of_visits, Scale::score, "touch_effort", "1", "mean customer effort per visit, 0 to 1", always,
        {&TouchSums::effort, "touch_effort", "1", "sum of effort over visits"}},
    TouchRow{TouchScore::wait, Kind::mean_of_waits, Scale::days, "touch_wait", "day", "mean wait, over waits that ended", always,
        {&TouchSums::wait, "touch_wait", "day", "sum of the waits that ended"}},
    TouchRow{TouchScore::unserved, Kind::count, Scale::one, "unserved", "count", "visits without service: of who gave up, was turned away or still waits at the horizon", Needs::queues,
        {&TouchSums::unserved, "touch_unserved", "count", "visits without service"}},
    TouchRow{TouchScore::gave_up, Kind::count, Scale::one, "gave_up", "count", "visits that ended when the customer gave up waiting", Needs::queues,
        {&TouchSums::gave_up, "touch_gave_up", "count", "visits that ended when the customer gave up waiting"}},
    TouchRow{TouchScore::turned_away, Kind::count, Scale::one, "turned_away", "count", "visits for which there was no room in the line", Needs::queues,
        {&TouchSums::turned_away, "touch_turned_away", "count", "visits for which there was no room in the line"}},
    TouchRow{TouchScore::solved, Kind::count, Scale::one, "solved", "count", "visits that solved the customer's problem", Needs::solving,
        {&TouchSums::solved, "touch_solved", "count", "visits that solved the customer's problem"}},
    TouchRow{TouchScore::matched, Kind::count, Scale::one, "matched", "count", "visits at which the content shown was the best fit to the customer's needs", Needs::content,
        {&TouchSums::matched, "touch_matched", "count", "visits at which the content shown was the best fit to the customer's needs"}},
    TouchRow{TouchScore::mistargeted, Kind::count, Scale::one, "mistargeted", "count", "visits at which the content shown fits worse than none would", Needs::content,
        {&TouchSums::mistargeted, "touch_mistargeted", "count", "visits at which the content shown fits worse than none would"}},
    TouchRow{TouchScore::fit, Kind::mean_of_visits, Scale::score, "touch_fit", "1", "mean fit of content to needs per visit, 0 to 1", Needs::content,
        {&TouchSums::fit, "touch_fit", "1", "sum of the fit of content over visits"}},
};
static_assert(all_touch_scores.size() == touch_score_count);

constexpr std::array all_account_scores{
    AccountRow{AccountScore::arrived, Kind::level, Scale::one, "accounts", "accounts", "accounts of which somebody had arrived by the window's end", Needs::accounts,
        {&Sums::accounts, "accounts", "accounts", "accounts that arrived"}},
    AccountRow{AccountScore::bought, Kind::level, Scale::one, "accounts_bought", "accounts", "accounts of which somebody had ever been a customer by the window's end", Needs::accounts,
        {&Sums::accounts_bought, "accounts_bought", "accounts", "accounts of which somebody ever was a customer"}},
    AccountRow{AccountScore::customers, Kind::level, Scale::one, "accounts_customers", "accounts", "accounts of which somebody was a customer at the window's end", Needs::accounts,
        {&Sums::accounts_customers, "accounts_customers", "accounts", "accounts of which somebody is a customer at the horizon"}},
    // Only where people arrive as customers, so that it stands among no sums that every file of accounts has.
    AccountRow{AccountScore::existing, Kind::level, Scale::one, "accounts_existing", "accounts", "accounts of which somebody had arrived as a customer by the window's end", Needs::existing,
        {nullptr, "accounts_existing", "accounts", "accounts of which somebody arrived as a customer"}},
};
static_assert(all_account_scores.size() == account_score_count);
// clang-format on

constexpr std::array all_made_sums{
    SumField<Sums>{&Sums::visits, "visits", "count", "visits"},
    SumField<Sums>{&Sums::appraised, "appraised", "count", "visits to touchpoints that are no end"},
    SumField<Sums>{&Sums::repeats, "repeats", "count", "visits at which context was lost"},
    SumField<Sums>{&Sums::effort, "effort", "1", "sum of effort over visits"},
    SumField<Sums>{&Sums::worth_referred, "worth_referred", "", "discounted revenue - cost to serve of referred buyers"},
    SumField<Sums>{&Sums::revenue, "revenue", "", "revenue of the simulated people, undiscounted"},
    SumField<Sums>{&Sums::cost_to_serve, "cost_to_serve", "", "cost to serve of the simulated people, undiscounted"},
    SumField<Sums>{&Sums::worth_revenue, "worth_revenue", "", "revenue of the simulated people, discounted"},
    SumField<Sums>{&Sums::worth_cost, "worth_cost", "", "cost to serve of the simulated people, discounted"},
};

constexpr std::array all_market_sums{
    SumField<Sums>{&Sums::visit_price, "visit_price", "", "price of improvements per visit of the simulated people"},
    SumField<Sums>{&Sums::worth_visit_price, "worth_visit_price", "", "the same, discounted"},
    SumField<Sums>{&Sums::investment, "fixed_investment", "", "once and per month, for the market; of a batch its share"},
    SumField<Sums>{&Sums::worth_investment, "worth_fixed_investment", "", "the same, discounted"},
};

constexpr std::array all_staff_sums{
    SumField<Sums>{&Sums::staff_cost, "staff_cost", "", "pay of the servers of pools, for the market; of a batch its share"},
    SumField<Sums>{&Sums::worth_staff_cost, "worth_staff_cost", "", "the same, discounted"},
};

constexpr std::array all_made_touch_sums{
    SumField<TouchSums>{&TouchSums::appraised, "touch_appraised", "count", "visits to touchpoints that are no end"},
    SumField<TouchSums>{&TouchSums::gone, "touch_gone", "people",
                        "people lost or churned at the horizon who left from here"},
    SumField<TouchSums>{&TouchSums::revenue, "touch_revenue", "", "revenue of the simulated people here, undiscounted"},
    SumField<TouchSums>{&TouchSums::cost_to_serve, "touch_cost_to_serve", "",
                        "cost to serve of the simulated people here, undiscounted"},
};

/// The sums of tables of scores, and others.
template <class S, class Scores>
void append(std::vector<SumField<S>>& to, const Scores& scores) {
  for (const auto& score : scores) {
    if (score.sum.member != nullptr) to.push_back(score.sum);
  }
}

}  // namespace

std::span<const Score<TimeScore, Sums>> time_scores() { return all_time_scores; }
std::span<const Score<PersonScore, Sums>> person_scores() { return all_person_scores; }
std::span<const Score<TouchScore, TouchSums>> touch_scores() { return all_touch_scores; }
std::span<const Score<AccountScore, Sums>> account_scores() { return all_account_scores; }
std::span<const SumField<Sums>> made_sums() { return all_made_sums; }
std::span<const SumField<Sums>> market_sums() { return all_market_sums; }
std::span<const SumField<Sums>> staff_sums() { return all_staff_sums; }
std::span<const SumField<TouchSums>> made_touch_sums() { return all_made_touch_sums; }

std::span<const SumField<Sums>> persona_sums() {
  static const std::vector<SumField<Sums>> sums = [] {
    std::vector<SumField<Sums>> all;
    append(all, all_person_scores);
    append(all, all_time_scores);
    all.insert(all.end(), all_made_sums.begin(), all_made_sums.end());
    return all;
  }();
  return sums;
}

std::span<const SumField<TouchSums>> touch_sums() {
  static const std::vector<SumField<TouchSums>> sums = [] {
    std::vector<SumField<TouchSums>> all;
    append(all, all_touch_scores);
    all.insert(all.end(), all_made_touch_sums.begin(), all_made_touch_sums.end());
    return all;
  }();
  return sums;
}

std::span<const SumField<Sums>> segment_sums() {
  static const std::vector<SumField<Sums>> sums = [] {
    std::vector<SumField<Sums>> all;
    append(all, all_account_scores);
    return all;
  }();
  return sums;
}

}  // namespace sojourn
