#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "stats/base64.hpp"
#include "stats/histogram_codec.hpp"
#include "stats/hlog.hpp"

// Two kinds of input: the text of a log, or the plain bytes of one histogram, told by their cookie. The
// latter are packed here, as no mutation gets past base64 and zlib's checksum.
namespace {

using joust::stats::Histogram;

std::string packed(const std::string& plain) {
    uLongf length = ::compressBound(plain.size());
    std::string compressed(length, '\0');
    ::compress2(reinterpret_cast<Bytef*>(compressed.data()), &length,
                reinterpret_cast<const Bytef*>(plain.data()), plain.size(), 1);
    std::string out("\x1c\x84\x93\x14", 4);
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>((length >> shift) & 0xFF);
    return joust::stats::to_base64(out.append(compressed, 0, length));
}

void require(bool holds) {
    if (!holds) std::abort();
}

// What was read has to be a whole histogram, that is written and read again as the same one.
void check(const Histogram& histogram) {
    const std::int64_t median = histogram.value_at_quantile(0.5);
    require(histogram.min() <= median && median <= histogram.max());
    std::uint64_t listed = 0;
    histogram.for_each_bucket([&](const Histogram::Bucket& bucket) { listed += bucket.count; });
    require(listed == histogram.count());
    const auto again = joust::stats::decode(joust::stats::encode(histogram));
    require(again.has_value() && *again == histogram);
    Histogram whole;
    whole.merge(histogram);
    require(whole.count() == histogram.count());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(reinterpret_cast<const char*>(data), size);
    if (input.starts_with("\x1c\x84\x93")) {
        if (const auto histogram = joust::stats::decode(packed(input))) check(*histogram);
        return 0;
    }
    const auto start =
        joust::stats::read_hlog(input, [](const joust::stats::HlogInterval& interval) -> joust::Status {
            check(interval.histogram);
            const auto line = joust::stats::hlog_line(interval, interval.start);
            require(line.has_value() == (interval.tag.find_first_of(" \t\r\n") == std::string::npos));
            return {};
        });
    static_cast<void>(start);
    return 0;
}
