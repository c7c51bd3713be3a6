#include "stats/student_t.hpp"

#include <boost/math/distributions/students_t.hpp>

namespace joust::stats {
namespace {

// Arguments out of range are errors of the caller and give NaN; Boost would throw.
using Policy = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;
using StudentT = boost::math::students_t_distribution<double, Policy>;

}  // namespace

double student_t_cdf(double t, double degrees) {
    return boost::math::cdf(StudentT(degrees), t);
}

double student_t_quantile(double probability, double degrees) {
    return boost::math::quantile(StudentT(degrees), probability);
}

}  // namespace joust::stats
