#include "sojourn/decide/estimate.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sojourn/base/special_values.hpp"
#include "sojourn/decide/laws.hpp"
#include "sojourn/decide/multiple_comparisons.hpp"
#include "sojourn/decide/shares.hpp"

namespace sojourn {
namespace {

/// Fewer samples than this have a skewness of their own by chance.
constexpr std::size_t fewest_for_skewness = 30;

/// How many times what people typically move somebody may who was not seen: see `Unseen`.
constexpr double times_typical = 10.0;

/// Metrics that are shares of people, each of whom counts or does not.
struct Share {
  std::string_view metric;
  double Sums::*events;
  double (*people)(const Sums&);
};
double all_arrived(const Sums& sums) { return sums.arrived; }
double newcomers(const Sums& sums) { return sums.newcomers(); }
double ever_customers(const Sums& sums) { return sums.ever_customers(); }
double customers_present(const Sums& sums) { return sums.customers; }

constexpr std::array shares{Share{"prospects", &Sums::prospects, all_arrived},
                            Share{"lost", &Sums::lost, all_arrived},
                            Share{"customers", &Sums::customers, all_arrived},
                            Share{"churned", &Sums::churned, all_arrived},
                            Share{"conversion", &Sums::bought, newcomers},
                            Share{"retention", &Sums::customers, ever_customers},
                            Share{"retained", &Sums::customers, all_arrived},
                            Share{"promoters", &Sums::promoters, customers_present},
                            Share{"passives", &Sums::passives, customers_present},
                            Share{"detractors", &Sums::detractors, customers_present},
                            Share{"promoters_per_start", &Sums::promoters, all_arrived}};

const Share* share_of_people(const Metric& metric) {
  const auto found = std::find_if(shares.begin(), shares.end(), [&](const Share& s) { return s.metric == metric.name; });
  return found == shares.end() ? nullptr : &*found;
}

template <class S, class M>
std::vector<double> values(const std::vector<S>& samples, const M& metric) {
  std::vector<double> result;
  for (const S& sample : samples) result.push_back(metric.value(sample));
  return result;
}

/// What a metric needs of all samples: adding up people by tenure takes longer than all else.
Sums pooled_for(const Metric& metric, const std::vector<Sums>& samples) {
  if (survival_days(metric) > 0.0) return pooled(samples);
  Sums sum;
  for (const Sums& sample : samples) sum.add_all_but_tenures(sample);
  return sum;
}

/// Of those who bought, whose fate `days` later is known: who churned before, and who was followed so long.
double known_fates(const Sums& sums, double days) {
  const auto bins = static_cast<std::size_t>(days / sums.tenure_bin);
  double churned = 0.0, followed = 0.0;
  std::vector<double> room, further_room;
  const std::span<const double> churned_in = sums.tenure_churned.all(room),
                                censored_in = sums.tenure_censored.all(further_room);
  for (std::size_t b = 0; b < churned_in.size(); ++b) {
    (b < bins ? churned : followed) += churned_in[b];
    if (b >= bins) followed += censored_in[b];
  }
  // Of who entered late less is known than of who was there from the beginning: as much as those at risk at the worst time.
  const double known = churned + followed;
  return sums.existing > 0.0 ? std::min(known, fewest_at_risk(sums, days)) : known;
}

/// Makes an interval no shorter than `ends`.
void widen(Estimate& e, const Ends& ends) {
  if (std::isnan(ends.low)) return;
  e.low = std::isnan(e.low) ? ends.low : std::min(e.low, ends.low);
  e.high = std::isnan(e.high) ? ends.high : std::max(e.high, ends.high);
}

/// Whether who stands there at the horizon counts in a metric.
bool counts(double Sums::*metric, EndStanding standing) {
  if (metric == &Sums::prospects) return standing == EndStanding::prospect;
  if (metric == &Sums::lost) return standing == EndStanding::lost;
  if (metric == &Sums::churned) return standing == EndStanding::churned;
  if (metric == &Sums::customers) return standing == EndStanding::customer;
  return standing == EndStanding::customer || standing == EndStanding::churned;  // bought
}

/// `counted` says which personas are among those of whom the metric is a share.
template <class Counted>
Changed changed_in(const std::vector<PairedOutcomes>& samples, std::size_t begin, std::size_t end, double Sums::*metric,
                   Counted counted) {
  Changed changed;
  for (const PairedOutcomes& sample : samples) {
    for (std::size_t p = begin; p < std::min(end, sample.personas()); ++p) {
      if (!counted(p)) continue;
      for (std::size_t before = 0; before < end_standing_count; ++before) {
        for (std::size_t after = 0; after < end_standing_count; ++after) {
          const auto from = static_cast<EndStanding>(before), to = static_cast<EndStanding>(after);
          const auto people = static_cast<double>(sample.people(p, from, to));
          changed.people += people;
          if (counts(metric, to) && !counts(metric, from)) changed.gained += people;
          if (!counts(metric, to) && counts(metric, from)) changed.lost += people;
        }
      }
    }
  }
  return changed;
}

/// What no chance has a part in.
Difference known(double value, std::size_t samples) {
  Difference d;
  static_cast<Estimate&>(d) = {value, value, value, 0.0, samples};
  d.p = d.p_holm = value == 0.0 ? 1.0 : 0.0;
  return d;
}

/// Whether a plan's investment is once and per month alone and the same in all samples, for their size: chance has no part
/// in it, unless rules switch.
bool known_investment(const Metric& metric, const std::vector<Sums>& samples) {
  return metric.name == "investment" && std::all_of(samples.begin(), samples.end(), [&](const Sums& one) {
           const Sums& first = samples.front();
           const double same = first.investment * one.replications, paid = one.investment * first.replications;
           return one.visit_price == 0.0 && std::fabs(paid - same) <= 1e-9 * std::fabs(same);
         });
}

double skewness(const std::vector<double>& x) {
  double mean = 0.0, squares = 0.0, cubes = 0.0;
  for (const double each : x) mean += each / static_cast<double>(x.size());
  for (const double each : x) {
    const double away = each - mean;
    squares += away * away;
    cubes += away * away * away;
  }
  return squares > 0.0 ? std::sqrt(static_cast<double>(x.size())) * cubes / (squares * std::sqrt(squares)) : nan;
}

}  // namespace

bool Estimate::thin() const { return effective < fewest_effective; }

double student_t(double degrees, double error) { return student_t_point(degrees, 0.5 * error); }

double effective_people(const std::vector<double>& samples) {
  std::vector<double> defined;
  std::copy_if(samples.begin(), samples.end(), std::back_inserter(defined), [](double x) { return !std::isnan(x); });
  if (defined.size() < fewest_for_skewness) return nan;
  const double g = skewness(defined);
  return std::isnan(g) ? nan : static_cast<double>(defined.size()) / (g * g);
}

Estimate interval(double point, const std::vector<double>& samples, double error) {
  double sum = 0.0;
  std::size_t n = 0;
  for (const double x : samples) {
    if (std::isnan(x)) continue;
    sum += x;
    ++n;
  }
  if (n < 2) return {point, nan, nan, nan, n};
  const double mean = sum / static_cast<double>(n);
  double squares = 0.0;
  for (const double x : samples) {
    if (!std::isnan(x)) squares += (x - mean) * (x - mean);
  }
  const double sd = std::sqrt(squares / static_cast<double>(n - 1));
  const double half = student_t(static_cast<double>(n - 1), error) * sd / std::sqrt(static_cast<double>(n));
  return {point, point - half, point + half, sd, n, effective_people(samples)};
}

Unseen unseen(const std::vector<Sums>& samples, const Metric& metric) {
  constexpr std::string_view sums_of_money[] = {"revenue", "cost_to_serve", "investment", "npv", "clv", "referral_value"};
  if (std::find(std::begin(sums_of_money), std::end(sums_of_money), metric.name) == std::end(sums_of_money)) return {};
  const auto of_each = [](const Sums& sums) {
    return ratio(std::fabs(sums.revenue) + std::fabs(sums.cost_to_serve) + std::fabs(sums.visit_price), sums.arrived);
  };
  std::vector<double> moved;
  for (const Sums& sums : samples) moved.push_back(of_each(sums));
  const Sums all = pooled_for(metric, samples);
  const Estimate by_sample = interval(of_each(all), moved);
  if (by_sample.samples < 2) return {};
  // The variance between people is that of the samples' means times the people of one.
  const double between = by_sample.sd * std::sqrt(all.arrived / static_cast<double>(by_sample.samples));
  const double of_person = std::hypot(by_sample.mean, between);
  const double everybody = metric.name == "clv" ? 1.0 : ratio(all.arrived * all.people_per_customer, all.replications);
  return {all.arrived, times_typical * of_person * everybody};
}

Unseen unseen(const std::vector<Sums>& samples, const TouchMetric& metric) {
  const bool money = metric.name == "revenue_per_person" || metric.name == "cost_per_person";
  return money ? unseen(samples, *find_metric("clv")) : Unseen{};
}

Unseen either(const Unseen& a, const Unseen& b) { return {std::min(a.people, b.people), std::max(a.amount, b.amount)}; }

Unseen unseen(const Samples& samples, std::size_t plan, std::size_t other, const Metric& metric, Group group) {
  if (!samples.rules.empty()) return {};
  return either(unseen(sums_of(samples, plan, group), metric), unseen(sums_of(samples, other, group), metric));
}

Shared shared_value(std::vector<double> samples, double tolerance) {
  std::erase_if(samples, [](double x) { return std::isnan(x); });
  std::sort(samples.begin(), samples.end());
  Shared shared;
  std::size_t most = 0;
  for (std::size_t i = 0, begin = 0; i < samples.size(); ++i) {
    if (samples[i] - samples[begin] > tolerance) begin = i;
    if (i + 1 - begin <= most) continue;
    most = i + 1 - begin;
    shared.value = samples[begin];
  }
  shared.unlike = samples.size() - most;
  return shared;
}

Estimate cautious_interval(double point, const std::vector<double>& samples, double error, const Unseen& unseen) {
  Estimate e = interval(point, samples, error);
  const double rounding = 1e-12 * std::max(std::fabs(point), unseen.amount);
  // What all people share, how many are unlike, and what each of these moves, were everybody like that.
  double shared = point, unlike = 0.0, amount = unseen.amount > 0.0 ? unseen.amount : times_typical * std::fabs(point);
  if (e.sd > rounding) {
    if (!unseen.known() || e.samples < fewest_for_skewness) return e;
    const auto [value, count] = shared_value(samples, rounding);
    const auto all = static_cast<double>(e.samples), others = static_cast<double>(count);
    const bool few = others < few_changed || e.thin();
    if (!few || 2.0 * others >= all || std::fabs(value) <= rounding) return e;
    shared = value;
    // As many as leave so many of all samples untouched (Poisson).
    unlike = std::min(unseen.people, -all * std::log1p(-others / all));
    for (const double x : samples) amount = std::fmax(amount, std::fabs(x - shared) * unseen.people / all);
  } else {
    e.low = e.high = e.effective = nan;
    if (e.samples < 2) return e;
    e.sd = 0.0;
    if (!unseen.known() || !(amount > 0.0)) return e;
  }
  const double half = clopper_pearson(unlike, unseen.people, error).high * amount;
  widen(e, {shared - half, shared + half});
  if (e.low > 0.0 || e.high < 0.0) e.effective = nan;
  return e;
}

People people_in(const Samples& samples) { return samples.batches ? People::independent : People::coupled; }

const std::vector<Sums>& sums_of(const Samples& samples, std::size_t plan, Group group) {
  const PlanSamples& of = samples.plans[plan];
  switch (group.kind) {
    case Group::persona:
      return of.by_persona[group.index];
    case Group::segment:
      return of.by_segment[group.index];
    case Group::everybody:
      break;
  }
  return of.all;
}

Estimate estimate(const std::vector<Sums>& samples, const Metric& metric, People people) {
  const Sums all = pooled_for(metric, samples);
  Estimate e = cautious_interval(metric.value(all), values(samples, metric));
  if (known_investment(metric, samples)) return known(e.mean, e.samples);
  if (const Share* const share = share_of_people(metric)) {
    e = share_estimate(all.*share->events, share->people(all), values(samples, metric), people);
  } else if (survival_days(metric) > 0.0 && !std::isnan(e.mean) && e.samples > 1) {
    const double known = known_fates(all, survival_days(metric));
    widen(e, clopper_pearson(known * e.mean, known));
  }
  const Range range = metric.range;
  e.low = std::isnan(e.low) ? nan : std::max(e.low, range.low);
  e.high = std::isnan(e.high) ? nan : std::min(e.high, range.high);
  return e;
}

Estimate estimate(const Samples& samples, std::size_t plan, const Metric& metric, Group group) {
  const Estimate e = estimate(sums_of(samples, plan, group), metric, people_in(samples));
  // What the scenario does not have never happens.
  return samples.mechanisms.has(metric.needs) ? e : known(e.mean, e.samples);
}

Estimate estimate(const std::vector<TouchSums>& samples, const TouchMetric& metric) {
  return cautious_interval(metric.value(pooled(samples)), values(samples, metric));
}

Estimate estimate(const Samples& samples, std::size_t plan, std::size_t touchpoint, const TouchMetric& metric) {
  if (!samples.has(metric, touchpoint)) return {nan, nan, nan, nan, 0};
  return estimate(samples.plans[plan].touch[touchpoint], metric);
}

Estimate estimate(const std::vector<SurveySums>& samples, const SurveyMetric& metric) {
  return cautious_interval(metric.value(pooled(samples)), values(samples, metric));
}

namespace {

SurveySums pooled_for(const SurveyMetric&, const std::vector<SurveySums>& samples) { return pooled(samples); }
TouchSums pooled_for(const TouchMetric&, const std::vector<TouchSums>& samples) { return pooled(samples); }

template <class S, class M>
Estimate paired_difference(const std::vector<S>& plan, const std::vector<S>& baseline, const M& metric,
                           const Unseen& unseen = {}) {
  std::vector<double> differences = values(plan, metric);
  const std::vector<double> base = values(baseline, metric);
  for (std::size_t i = 0; i < differences.size(); ++i) differences[i] -= base[i];
  return cautious_interval(metric.value(pooled_for(metric, plan)) - metric.value(pooled_for(metric, baseline)), differences,
                           0.05, unseen);
}

}  // namespace

Estimate difference(const std::vector<TouchSums>& plan, const std::vector<TouchSums>& baseline, const TouchMetric& metric) {
  return paired_difference(plan, baseline, metric);
}

Estimate difference(const std::vector<SurveySums>& plan, const std::vector<SurveySums>& baseline,
                    const SurveyMetric& metric) {
  return paired_difference(plan, baseline, metric);
}

Estimate difference(const std::vector<Sums>& plan, const std::vector<Sums>& baseline, const Metric& metric) {
  return difference(plan, baseline, metric, either(unseen(plan, metric), unseen(baseline, metric)));
}

Estimate difference(const std::vector<Sums>& plan, const std::vector<Sums>& baseline, const Metric& metric,
                    const Unseen& unseen) {
  return paired_difference(plan, baseline, metric, unseen);
}

Difference tested(const Estimate& estimate) {
  Difference result;
  static_cast<Estimate&>(result) = estimate;
  result.p = result.p_holm = p_value(estimate);
  return result;
}

Estimate share_estimate(double events, double people, const std::vector<double>& samples, People how) {
  Estimate e = cautious_interval(people > 0.0 ? events / people : nan, samples);
  if (how == People::independent) {
    const Ends ends = clopper_pearson(events, people);
    e.low = ends.low;
    e.high = ends.high;
  } else if (e.samples > 1 && (std::isnan(e.low) || std::min(events, people - events) < few_changed)) {
    widen(e, clopper_pearson(events, people));
  }
  e.low = std::isnan(e.low) ? nan : std::max(e.low, 0.0);
  e.high = std::isnan(e.high) ? nan : std::min(e.high, 1.0);
  e.effective = nan;
  return e;
}

Changed changed_by(const Samples& samples, std::size_t plan, const Metric& metric, Group group) {
  const Share* const share = share_of_people(metric);
  const bool of_arrived = share != nullptr && (share->people == all_arrived || share->people == newcomers);
  if (!of_arrived || share->events == &Sums::promoters) return {};
  if (group.kind == Group::segment) return {};
  const bool everybody = group.kind == Group::everybody;
  // Whole personas arrive as customers, or nobody of one does.
  const auto counted = [&](std::size_t p) {
    const std::vector<Sums>& of = samples.plans[plan].by_persona[p];
    return share->people == all_arrived ||
           std::all_of(of.begin(), of.end(), [](const Sums& sums) { return sums.existing == 0.0; });
  };
  return changed_in(samples.plans[plan].paired_outcomes, everybody ? 0 : group.index,
                    everybody ? samples.personas.size() : group.index + 1, share->events, counted);
}

Difference share_difference(const Estimate& by_samples, const Changed& changed, People how) {
  Difference d = tested(by_samples);
  if (!(changed.people > 0.0)) return d;
  const Ends ends = paired_shares(changed.gained, changed.lost, changed.people);
  const double p = paired_shares_p(changed.gained, changed.lost);
  if (how == People::independent) {
    d.low = ends.low;
    d.high = ends.high;
    d.p = p;
    d.effective = nan;
  } else if (d.samples > 1 && (std::isnan(d.low) || changed.gained + changed.lost < few_changed)) {
    widen(d, ends);
    d.p = std::isnan(d.p) ? p : std::max(d.p, p);
  }
  d.p_holm = d.p;
  return d;
}

Difference difference(const Samples& samples, std::size_t plan, const Metric& metric, Group group) {
  const std::vector<Sums>&here = sums_of(samples, plan, group), &before = sums_of(samples, 0, group);
  const Estimate e = difference(here, before, metric, unseen(samples, plan, 0, metric, group));
  if (plan == 0 || !samples.mechanisms.has(metric.needs) ||
      (known_investment(metric, here) && known_investment(metric, before)))
    return known(e.mean, e.samples);
  Changed changed = changed_by(samples, plan, metric, group);
  if (metric.name == "retention") {
    // Where the plan changes no purchase, those who bought are the same people.
    const Changed purchases = changed_by(samples, plan, *find_metric("conversion"), group);
    if ((purchases.people > 0.0 || pooled(before).newcomers() == 0.0) && purchases.gained + purchases.lost == 0.0) {
      changed = changed_by(samples, plan, *find_metric("retained"), group);
      changed.people = pooled(before).ever_customers();
    }
  }
  return share_difference(e, changed, people_in(samples));
}

double times_to_tell(const Estimate& estimate, std::size_t comparisons) {
  const double half = 0.5 * (estimate.high - estimate.low), share = half / estimate.mean;
  if (!std::isfinite(share)) return infinity;
  const double error = 0.05 / static_cast<double>(std::max<std::size_t>(comparisons, 1));
  if (estimate.sd == 0.0) return std::max(1.0, std::fabs(share) * std::log(0.5 * error) / std::log(0.5 * 0.05));
  const auto point = [](double each) { return normal_point(0.5 * each); };
  const double wider = point(error) / point(0.05);
  // The half of one that is lopsided, or that too few people carry, understates what it takes.
  return std::max(estimate.thin() ? fewest_effective / estimate.effective : 1.0, share * share * wider * wider);
}

}  // namespace sojourn
