#include "stats/usl.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace joust::stats {
namespace {

std::vector<Point> points_of(const Usl& law, std::initializer_list<double> users) {
    std::vector<Point> points;
    for (const double n : users)
        points.push_back({.users = n, .throughput = law.at(n)});
    return points;
}

// SPEC SDM91 as published by Gunther; the fit was computed independently (shared by R's package `usl`).
TEST(Usl, fits_gunthers_published_benchmark) {
    const std::vector<Point> sdm91{{1, 64.9},     {18, 995.9},   {36, 1652.4}, {72, 1853.2},
                                   {108, 1828.9}, {144, 1775.0}, {216, 1702.2}};
    const auto law = fit_usl(sdm91);
    ASSERT_TRUE(law);
    EXPECT_NEAR(law->gamma, 89.9952, 5e-5);
    EXPECT_NEAR(law->alpha, 0.0277285, 5e-8);
    EXPECT_NEAR(law->beta, 1.043655e-4, 5e-11);
    EXPECT_NEAR(law->residual, 27453.72, 5e-3);
    const auto top = peak(*law);
    ASSERT_TRUE(top);
    EXPECT_NEAR(top->users, 96.52, 5e-3);
    EXPECT_NEAR(top->throughput, 1883.90, 5e-3);
}

TEST(Usl, finds_the_law_that_made_the_points) {
    for (const Usl& law : {Usl{100, 0.05, 2e-4, 0}, {3, 0, 1e-3, 0}, {2500, 0.3, 0, 0}, {7, 0, 0, 0}}) {
        const auto found = fit_usl(points_of(law, {1, 4, 16, 50, 200, 500}));
        ASSERT_TRUE(found) << law.gamma;
        EXPECT_NEAR(found->gamma, law.gamma, law.gamma * 1e-6);
        EXPECT_NEAR(found->alpha, law.alpha, 1e-7) << law.gamma;
        EXPECT_NEAR(found->beta, law.beta, 1e-9) << law.gamma;
    }
}

// A service that gains more than its share (by caches that fill) asks for an alpha below 0.
TEST(Usl, keeps_a_parameter_at_zero_that_would_be_below) {
    const auto law = fit_usl(points_of({10, -0.002, 1e-5, 0}, {1, 10, 50, 100, 200, 400}));
    ASSERT_TRUE(law);
    EXPECT_EQ(law->alpha, 0);
    EXPECT_GT(law->beta, 0);
    EXPECT_GT(law->residual, 0);
}

TEST(Usl, needs_three_numbers_of_users) {
    EXPECT_FALSE(fit_usl({}));
    EXPECT_FALSE(fit_usl(std::vector<Point>{{1, 10}, {2, 19}, {2, 18}}));
    EXPECT_FALSE(fit_usl(std::vector<Point>{{1, 0}, {2, 0}, {3, 0}})) << "nothing was served";
}

TEST(Usl, has_a_peak_only_where_users_cost_one_another) {
    EXPECT_FALSE(peak({100, 0.1, 0, 0}));
    EXPECT_FALSE(peak({100, 1.5, 0.1, 0})) << "falls from one user on";
    EXPECT_NEAR(peak({100, 0.19, 1e-4, 0})->users, 90, 1e-9);
}

}  // namespace
}  // namespace joust::stats
