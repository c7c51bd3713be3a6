#include "stats/f_distribution.hpp"

#include <boost/math/distributions/fisher_f.hpp>

namespace joust::stats {
namespace {

// Arguments out of range are errors of the caller and give NaN; Boost would throw.
using Policy = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;
using FisherF = boost::math::fisher_f_distribution<double, Policy>;

}  // namespace

double f_upper_tail(double f, double degrees_above, double degrees_below) {
    return boost::math::cdf(boost::math::complement(FisherF(degrees_above, degrees_below), f));
}

}  // namespace joust::stats
