#include "report/figures/marker_places.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace joust::report {
namespace {

// Shares of the axes' lengths. A marker is about a hundredth of the width of the plot.
constexpr double k_same_height = 0.015;
constexpr double k_step = 0.0105;

// Where a value lies between the ends of an axis.
class Extent {
public:
    Extent(bool logarithmic, double low, double high)
        : logarithmic_(logarithmic), low_(scaled(low)), high_(scaled(high)) {}

    [[nodiscard]] double share(double value) const {
        return high_ > low_ ? (scaled(value) - low_) / (high_ - low_) : 0.5;
    }
    [[nodiscard]] double moved(double value, double share) const {
        const double place = scaled(value) + share * (high_ - low_);
        return logarithmic_ ? std::exp(place) : place;
    }

private:
    [[nodiscard]] double scaled(double value) const { return logarithmic_ ? std::log(value) : value; }
    bool logarithmic_;
    double low_;
    double high_;
};

}  // namespace

std::vector<std::vector<double>> marker_places(const Figure& figure) {
    double first = HUGE_VAL;
    double last = 0;
    double lowest = figure.y.logarithmic ? HUGE_VAL : 0;
    double highest = figure.threshold ? figure.threshold->y : 0;
    for (const Series& series : figure.series)
        for (const Point& point : series.points) {
            first = std::min(first, point.x);
            last = std::max(last, point.x);
            lowest = std::min(lowest, point.low.value_or(point.y));
            highest = std::max(highest, point.high.value_or(point.y));
        }
    const Extent x(figure.x.logarithmic, first, last);
    const Extent y(figure.y.logarithmic, lowest, highest);

    std::vector<std::vector<double>> places;
    for (const Series& series : figure.series) {
        places.emplace_back();
        for (const Point& point : series.points) {
            std::set<int> hues{series.hue};  // of the contenders at this spot
            for (const Series& other : figure.series)
                for (const Point& neighbour : other.points)
                    if (neighbour.x == point.x &&
                        std::abs(y.share(neighbour.y) - y.share(point.y)) < k_same_height)
                        hues.insert(other.hue);
            const auto rank = static_cast<double>(std::distance(hues.begin(), hues.find(series.hue)));
            const double from_middle = rank - static_cast<double>(hues.size() - 1) / 2;
            places.back().push_back(x.moved(point.x, from_middle * k_step));
        }
    }
    return places;
}

}  // namespace joust::report
