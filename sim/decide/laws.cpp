#include "sojourn/decide/laws.hpp"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/policies/policy.hpp>

namespace sojourn {
namespace {

using boost::math::cdf;
using boost::math::complement;
using boost::math::quantile;

using Quiet = boost::math::policies::policy<boost::math::policies::domain_error<boost::math::policies::ignore_error>,
                                            boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
                                            boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;
using QuietBeta = boost::math::beta_distribution<double, Quiet>;
using QuietBinomial = boost::math::binomial_distribution<double, Quiet>;
using WholeBinomial = boost::math::binomial_distribution<
    double,
    boost::math::policies::policy<boost::math::policies::discrete_quantile<boost::math::policies::integer_round_up>>>;

}  // namespace

double student_t_point(double degrees, double above) {
  return quantile(complement(boost::math::students_t(degrees), above));
}
double student_t_above(double degrees, double t) { return cdf(complement(boost::math::students_t(degrees), t)); }

double normal_point(double above) { return quantile(complement(boost::math::normal(), above)); }
double normal_above(double z) { return cdf(complement(boost::math::normal(), z)); }

double chi_squared_quantile(double degrees, double share) { return quantile(boost::math::chi_squared(degrees), share); }
double fisher_f_quantile(double numerator_degrees, double denominator_degrees, double share) {
  return quantile(boost::math::fisher_f(numerator_degrees, denominator_degrees), share);
}

double beta_quantile(double a, double b, double share) { return quantile(QuietBeta(a, b), share); }
double beta_point(double a, double b, double above) { return quantile(complement(QuietBeta(a, b), above)); }
double binomial_up_to(double trials, double chance, double successes) {
  return cdf(QuietBinomial(trials, chance), successes);
}

double binomial_quantile(double trials, double chance, double share) {
  return quantile(WholeBinomial(trials, chance), share);
}

}  // namespace sojourn
