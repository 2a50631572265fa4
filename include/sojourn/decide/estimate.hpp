// Estimates with intervals from samples of one run (MODEL.md section 9): simulation error, not forecast uncertainty.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "sojourn/decide/shares.hpp"
#include "sojourn/outcomes/collect.hpp"

namespace sojourn {

/// A figure with its 95 % interval. NaN stands for what is undefined; low and high are NaN where there is no interval.
struct Estimate {
  double mean = 0.0;  // of all persons pooled
  double low = 0.0, high = 0.0;
  double sd = 0.0;          // over samples
  std::size_t samples = 0;  // in which the figure is defined
  /// The effective number of people who carry the figure, see `effective_people`; NaN where the samples do not tell, or
  /// where the interval comes from counts and does not rest on it.
  double effective = std::numeric_limits<double>::quiet_NaN();

  /// Whether the interval leaves 0 out and can be trusted; false where there is none.
  [[nodiscard]] bool clear() const { return (low > 0.0 || high < 0.0) && !thin(); }
  /// Whether so few people carry the figure that Student's interval cannot be trusted.
  [[nodiscard]] bool thin() const;
};

/// The sum of all samples.
template <class S>
[[nodiscard]] S pooled(const std::vector<S>& samples) {
  S sum;
  for (const S& sample : samples) sum += sample;
  return sum;
}

/// The interval around `point` from independent sample values: Student's t (Student 1908) with n - 1 degrees of freedom
/// times sd / sqrt(n). Undefined (NaN) values are left out; fewer than two give no interval. It misses with probability
/// `error`, in (0, 1): with 0.05 / k, k such intervals hold together with 95 % (Bonferroni).
[[nodiscard]] Estimate interval(double point, const std::vector<double>& samples, double error = 0.05);

/// Whose figures: those of everybody, of a persona, or of the accounts of a segment.
struct Group {
  enum Kind { everybody, persona, segment } kind = everybody;
  std::size_t index = 0;  // of the persona or segment
};

/// What samples that agree leave open: people to whom something else happens, of whom none was among those simulated.
struct Unseen {
  double people = 0.0;  // simulated, all samples together; 0: nothing is known
  /// What such people would move a figure by, were everybody one of them, in its unit; > 0, or 0 where nobody was seen to
  /// move it at all.
  double amount = 0.0;

  [[nodiscard]] bool known() const { return people > 0.0; }
};
/// Of a sum of money (revenue, cost to serve, investment, net present value, lifetime value, value of the referred): ten
/// times what a person moves, revenue and costs added up, as a root mean square over people, which few who move much raise.
/// That is an assumption, and a cautious one: the money of one person, however rare, is not known from those who were seen.
/// What a plan pays whatever people do has no part in it. Of any other figure nothing is known.
[[nodiscard]] Unseen unseen(const std::vector<Sums>& samples, const Metric& metric);
/// The same of a figure of touchpoints, of all people in `samples`: revenue and cost per person who arrived are sums of
/// money.
[[nodiscard]] Unseen unseen(const std::vector<Sums>& samples, const TouchMetric& metric);
/// Of a difference between two plans: the larger amount of the two. Nothing is known where it is not of both.
[[nodiscard]] Unseen either(const Unseen& a, const Unseen& b);
/// Of a difference between two plans of a run. Nothing is known where plans go by rules, which switch for everybody at once:
/// no number of people tells how often.
[[nodiscard]] Unseen unseen(const Samples& samples, std::size_t plan, std::size_t other, const Metric& metric,
                            Group group = {});

/// The value that most samples share, within a tolerance, and how many differ from it. Undefined samples are left out.
struct Shared {
  double value = 0.0;
  std::size_t unlike = 0;
};
[[nodiscard]] Shared shared_value(std::vector<double> samples, double tolerance);

/// That of `interval`, but where all samples agree (to rounding) they say nothing of what happens to few people, and there
/// is no interval unless `unseen` is known. Then people to whom something else happens, of whom none was simulated, are a
/// share of 1 - (error / 2)^(1 / people) at most (Clopper & Pearson 1934, as of shares; the "rule of three" of Hanley &
/// Lippman-Hand 1983, which is 3.7 for both sides at 5 %): the interval is the point -+ that share of the amount, `sd` 0 and
/// `effective` NaN. Where nobody was seen to move anything the point is what the plan itself pays, and the amount ten times
/// that; there is no interval where it is 0 as well.
///
/// Likewise where more than half of 30 samples or more, and all but `few_changed` of them or all but the few who make
/// Student's interval one not to be trusted, share a value that is not 0: the interval is no shorter than that value -+ the
/// upper limit of the share of people, as many as there are behind the unlike samples (Poisson), times the amount, or times
/// what the most unlike sample moves, if that is more. Where this leaves 0 out, the figure is not carried by few, and
/// `effective` is NaN.
[[nodiscard]] Estimate cautious_interval(double point, const std::vector<double>& samples, double error = 0.05,
                                         const Unseen& unseen = {});

/// The point that Student's t leaves on either side with probability `error` in all; degrees >= 1.
[[nodiscard]] double student_t(double degrees, double error = 0.05);

/// How many people with equal amounts, and all others with none, would make the mean of the samples as skewed as it is: n
/// samples over the square of their skewness g, as a Poisson number of mean K has skewness 1 / sqrt(K). Infinite where they
/// are not skewed; NaN with fewer than 30, whose own skewness is chance, or where all agree.
[[nodiscard]] double effective_people(const std::vector<double>& samples);
/// Below this effective number a 95 % interval of a mean misses more than 6 % of the time (Cochran 1977, 2.15: n > 25 g^2).
inline constexpr double fewest_effective = 25.0;

/// Whether the people of a sample act on one another.
enum class People {
  independent,  // they do not: samples are batches of people, and shares may be judged by counts of people
  coupled       // they do: samples are replications, within which nothing is independent
};
[[nodiscard]] People people_in(const Samples& samples);

/// The sums of a group under plan number `plan`, by sample.
[[nodiscard]] const std::vector<Sums>& sums_of(const Samples& samples, std::size_t plan, Group group = {});

/// One metric of one plan. A metric that is a share of people has an interval from counts: where they are independent that
/// of Clopper & Pearson (1934); where they are coupled Student's t over replications, but never shorter than the former
/// where fewer than ten people, or all but so few, are counted, as replications may agree by chance. Retention after 90 and
/// 365 days (Kaplan & Meier 1958) has Student's t, but never shorter than the exact interval among those whose fate by then
/// is known. All others have Student's t, and none where all samples agree. Ends stay within what the metric can be.
[[nodiscard]] Estimate estimate(const std::vector<Sums>& samples, const Metric& metric, People people);
/// The same of a group of a run.
[[nodiscard]] Estimate estimate(const Samples& samples, std::size_t plan, const Metric& metric, Group group = {});
/// The same of one touchpoint: Student's t, without an interval where all samples agree.
[[nodiscard]] Estimate estimate(const std::vector<TouchSums>& samples, const TouchMetric& metric);
/// The same of a run; undefined where the touchpoint does not have what the metric is about.
[[nodiscard]] Estimate estimate(const Samples& samples, std::size_t plan, std::size_t touchpoint, const TouchMetric& metric);

/// plan - baseline of it, paired by sample.
[[nodiscard]] Estimate difference(const std::vector<TouchSums>& plan, const std::vector<TouchSums>& baseline,
                                  const TouchMetric& metric);

/// A figure of a survey: Student's t, without an interval where all samples agree.
[[nodiscard]] Estimate estimate(const std::vector<SurveySums>& samples, const SurveyMetric& metric);
/// plan - baseline of it, paired by sample.
[[nodiscard]] Estimate difference(const std::vector<SurveySums>& plan, const std::vector<SurveySums>& baseline,
                                  const SurveyMetric& metric);

/// plan - baseline of one metric, paired by sample (common random numbers): Student's t; where all samples agree, the
/// interval of `cautious_interval` with what is `unseen` of both, or as given. The vectors have equal length.
[[nodiscard]] Estimate difference(const std::vector<Sums>& plan, const std::vector<Sums>& baseline, const Metric& metric);
[[nodiscard]] Estimate difference(const std::vector<Sums>& plan, const std::vector<Sums>& baseline, const Metric& metric,
                                  const Unseen& unseen);

/// A difference to the baseline, tested.
struct Difference : Estimate {
  double p = std::numeric_limits<double>::quiet_NaN();  // that there is none, two-sided, paired
  /// The same, held to a family: this figure under all plans compared (Holm 1979).
  double p_holm = std::numeric_limits<double>::quiet_NaN();

  /// Whether the plan is told apart from the baseline at 5 %, the other plans allowed for. False where there is no interval,
  /// and where too few people carry the difference for one that can be trusted.
  [[nodiscard]] bool told_apart() const { return p_holm < 0.05 && !thin(); }
};

/// A difference with the p-value that goes with Student's t; a family of its own.
[[nodiscard]] Difference tested(const Estimate& estimate);

/// `events` of `people` with the values of the share in each sample: see `estimate` of a share of people.
[[nodiscard]] Estimate share_estimate(double events, double people, const std::vector<double>& samples, People how);

/// People whom a plan changes in a share: who count under the plan only, and under the baseline only, of how many.
struct Changed {
  double gained = 0.0, lost = 0.0, people = 0.0;  // 0 people: nobody counted, or the metric is no share of people
};
/// Of a metric that is a share of all who arrived, under plan number `plan` against the first.
[[nodiscard]] Changed changed_by(const Samples& samples, std::size_t plan, const Metric& metric, Group group = {});
/// A paired difference of a share, with the interval and test of `paired_shares` where people are independent; where they
/// are coupled, those of `by_samples`, but never shorter than the former where fewer than ten people are changed.
[[nodiscard]] Difference share_difference(const Estimate& by_samples, const Changed& changed, People how);

/// plan - the run's first plan of one metric, tested by itself. A metric that is a share of all who arrived (so that both
/// plans have the same people) has the interval and test of `paired_shares`, from the counts of people whom the plan
/// changes; so has retention where the plan changes no purchase. Where people are coupled it is Student's t over
/// replications, but never shorter than that where fewer than ten people are changed. All others have Student's t; where all
/// samples agree sums of money have the interval of `cautious_interval`, unless a plan goes by rules, and other figures
/// none.
[[nodiscard]] Difference difference(const Samples& samples, std::size_t plan, const Metric& metric, Group group = {});

/// How many times as many independent people (or replications) would tell the estimate from 0, were it right, held to a
/// family of `comparisons` (Bonferroni): (half the width / mean)^2, as an interval's width falls with the root of their
/// number, or half the width / mean where all samples agree, as what is unseen falls with their number. Infinite without an
/// interval or where the mean is 0.
[[nodiscard]] double times_to_tell(const Estimate& estimate, std::size_t comparisons = 1);

}  // namespace sojourn
