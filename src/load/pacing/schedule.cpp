#include "load/pacing/schedule.hpp"

#include <cmath>
#include <limits>

namespace joust::load {

constexpr double k_latest_s = 3e9;  // a hundred years; three times that does not fit into Nanoseconds

OpenLoop OpenLoop::constant_rate(double rps) {
    OpenLoop loop;
    loop.segments = {{Nanoseconds{0}, rps, rps}};
    return loop;
}

OpenLoop OpenLoop::ramp(double from_rps, double to_rps, Nanoseconds length) {
    OpenLoop loop;
    loop.segments = {{length, from_rps, to_rps}};
    return loop;
}

OpenLoop OpenLoop::steps(const std::vector<double>& rates_rps, Nanoseconds length) {
    OpenLoop loop;
    for (const double rate : rates_rps)
        loop.segments.push_back({length, rate, rate});
    return loop;
}

std::size_t most_connections(const Schedule& schedule) {
    if (const auto* closed = std::get_if<ClosedLoop>(&schedule))
        return static_cast<std::size_t>(closed->users);
    return static_cast<std::size_t>(std::get<OpenLoop>(schedule).max_connections);
}

Result<RateCurve> RateCurve::create(const std::vector<RateSegment>& segments) {
    if (segments.empty()) return fail(ErrorKind::bad_input, "an open schedule needs a rate");
    RateCurve curve;
    double begin = 0;
    double requests = 0;
    for (const RateSegment& segment : segments) {
        const double length = seconds(segment.length);
        const bool valid = std::isfinite(segment.from_rps) && std::isfinite(segment.to_rps) &&
                           segment.from_rps >= 0 && segment.to_rps >= 0 && length >= 0;
        if (!valid)
            return fail(ErrorKind::bad_input,
                        "rate {} to {} over {} s: rates and lengths must not be negative", segment.from_rps,
                        segment.to_rps, length);
        if (length == 0) continue;
        curve.pieces_.push_back(
            {begin, length, segment.from_rps, (segment.to_rps - segment.from_rps) / length, requests});
        begin += length;
        requests += (segment.from_rps + segment.to_rps) / 2 * length;
    }
    const double last = segments.back().to_rps;
    if (requests == 0 && last == 0)
        return fail(ErrorKind::bad_input, "the rate is zero for ever; give one above 0");
    curve.pieces_.push_back({begin, std::numeric_limits<double>::infinity(), last, 0, requests});
    return curve;
}

double RateCurve::requests_until(Nanoseconds time) const {
    const double at = seconds(time);
    double total = 0;
    for (const Piece& piece : pieces_) {
        if (at < piece.begin_s) break;
        const double t = std::min(at - piece.begin_s, piece.length_s);
        total = piece.requests_before + (piece.from_rps + piece.slope * t / 2) * t;
    }
    return total;
}

std::optional<double> RateCurve::requests() const {
    const Piece& last = pieces_.back();
    return last.from_rps > 0 ? std::nullopt : std::optional(last.requests_before);
}

std::optional<Nanoseconds> RateCurve::due(double index) const {
    std::size_t at = pieces_.size() - 1;
    while (at > 0 && pieces_[at].requests_before > index)
        --at;
    const Piece& piece = pieces_[at];
    const double requests = index - piece.requests_before;
    // Root of slope/2 t² + from t = requests in the form that does not cancel.
    const double root = std::sqrt(piece.from_rps * piece.from_rps + 2 * piece.slope * requests);
    const double denominator = piece.from_rps + root;
    if (requests == 0 && at > 0 && denominator == 0 && std::isfinite(piece.length_s))
        return from_seconds(piece.begin_s);
    if (denominator <= 0) {
        if (requests > 0 || !std::isfinite(piece.length_s)) return std::nullopt;
        return from_seconds(piece.begin_s);
    }
    return from_seconds(std::min(piece.begin_s + 2 * requests / denominator, k_latest_s));
}

DueTimes::DueTimes(RateCurve curve, Arrivals arrivals, int thread, int threads, std::uint64_t seed)
    : curve_(std::move(curve)),
      arrivals_(arrivals),
      position_(0),
      stride_(threads),
      first_(thread),
      random_(random_for(seed, fmt::format("arrivals of thread {}", thread))) {
    if (arrivals_ == Arrivals::poisson) {
        advance();
    } else {
        current_ = curve_.due(first_);
    }
}

void DueTimes::advance() {
    ++count_;
    if (arrivals_ == Arrivals::constant) {
        current_ = curve_.due(first_ + static_cast<double>(count_) * stride_);
    } else {  // unit exponential gaps, stretched by the curve (time change of a Poisson process)
        position_ -= std::log(uniform_open(random_)) * stride_;
        current_ = curve_.due(position_);
    }
}

}  // namespace joust::load
