#include "stats/histogram_codec.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

#include "stats/base64.hpp"

namespace joust::stats {
namespace {

// The plain bytes inside an encoded histogram; tests change them and pack them again.
std::string unpacked(const std::string& base64) {
    const std::string bytes = *from_base64(base64);
    std::string plain(1 << 20, '\0');
    uLongf length = plain.size();
    EXPECT_EQ(::uncompress(reinterpret_cast<Bytef*>(plain.data()), &length,
                           reinterpret_cast<const Bytef*>(bytes.data()) + 8, bytes.size() - 8),
              Z_OK);
    plain.resize(length);
    return plain;
}

std::string big_endian(std::uint64_t number, int size) {
    std::string bytes;
    for (int i = size - 1; i >= 0; --i)
        bytes += static_cast<char>((number >> (8 * i)) & 0xFF);
    return bytes;
}

std::string packed(const std::string& plain) {
    std::string compressed(::compressBound(plain.size()), '\0');
    uLongf length = compressed.size();
    ::compress(reinterpret_cast<Bytef*>(compressed.data()), &length,
               reinterpret_cast<const Bytef*>(plain.data()), plain.size());
    compressed.resize(length);
    return to_base64(big_endian(0x1c849314, 4) + big_endian(length, 4) + compressed);
}

struct Plain {
    std::uint32_t cookie = 0x1c849313;
    std::string payload;
    std::optional<std::uint32_t> stated_length;
    std::uint32_t shift = 0;
    std::uint32_t digits = 3;
    std::uint64_t lowest = 1;
    std::uint64_t highest = 1'000'000;

    [[nodiscard]] std::string text() const {
        return packed(big_endian(cookie, 4) +
                      big_endian(stated_length.value_or(static_cast<std::uint32_t>(payload.size())), 4) +
                      big_endian(shift, 4) + big_endian(digits, 4) + big_endian(lowest, 8) +
                      big_endian(highest, 8) + big_endian(0x3ff0000000000000, 8) + payload);
    }
};

std::string error_of(const std::string& text) {
    const auto decoded = decode(text);
    if (decoded) return "no error";
    EXPECT_EQ(decoded.error().kind, ErrorKind::bad_input);
    return decoded.error().message;
}

TEST(HistogramCodec, writes_the_bytes_of_hdr_histogram) {
    Histogram histogram(*HistogramLayout::make(1, 1'000'000, 3));
    histogram.record(1);
    histogram.record(3, 64);
    histogram.record(6, 3);
    // ZigZag: one zero is 0, 1 is 2, 64 is 128 (two bytes), a run of two zeros is -2, so 3; 3 is 6.
    const std::string payload("\x00\x02\x00\x80\x01\x03\x06", 7);
    Plain plain;
    plain.payload = payload;
    EXPECT_EQ(unpacked(encode(histogram)), unpacked(plain.text()));
    EXPECT_EQ(encode(histogram).substr(0, 6), "HISTFA");
}

TEST(HistogramCodec, reads_back_what_it_wrote) {
    Histogram histogram;
    for (std::int64_t value = 1; value < histogram.layout().top(); value = value * 3 / 2 + 1)
        histogram.record(value, static_cast<std::uint64_t>(value));
    const auto decoded = decode(encode(histogram));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, histogram);
}

TEST(HistogramCodec, reads_back_an_empty_histogram_and_the_last_counter) {
    EXPECT_EQ(decode(encode(Histogram{})), Histogram{});
    Histogram top;
    top.record(top.layout().top());
    EXPECT_EQ(decode(encode(top)), top);
}

TEST(HistogramCodec, reads_back_counts_of_every_length) {
    for (int bits = 0; bits < 63; ++bits) {
        Histogram histogram;
        histogram.record(42, std::uint64_t{1} << bits);
        EXPECT_EQ(decode(encode(histogram)), histogram) << bits;
    }
}

TEST(HistogramCodec, a_decoded_histogram_knows_its_extremes_to_the_resolution) {
    Histogram histogram;
    histogram.record(1'000'001);
    const auto decoded = decode(encode(histogram));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->min(), 999'936);
    EXPECT_EQ(decoded->max(), 1'000'447);
}

TEST(HistogramCodec, names_what_is_malformed) {
    const std::string good = encode(Histogram{});
    EXPECT_EQ(error_of("?"), "the histogram is not valid base64");
    EXPECT_EQ(error_of(""), "the histogram is cut off after 0 bytes");
    EXPECT_EQ(error_of(to_base64(big_endian(0x1c849302, 4) + big_endian(0, 4))),
              "the histogram has cookie 0x1c849302, only compressed V2 (0x1c849314) is read");
    EXPECT_EQ(error_of(to_base64(*from_base64(good) + "x")).substr(0, 20), "the histogram states");
    EXPECT_EQ(error_of(to_base64(big_endian(0x1c849314, 4) + big_endian(4, 4) + "abcd")),
              "the histogram's compressed bytes are damaged");
    EXPECT_EQ(error_of(packed("short")), "the histogram's header is cut off");
    EXPECT_EQ(error_of(Plain{.cookie = 0x1c849301}.text()),
              "the histogram has cookie 0x1c849301, only V2 (0x1c849313) is read");
    EXPECT_EQ(error_of(Plain{.shift = 1}.text()),
              "the histogram's counters are shifted, which is not supported");
    EXPECT_EQ(error_of(Plain{.digits = 6}.text()), "a histogram has 0 to 5 significant digits, not 6");
    EXPECT_EQ(error_of(Plain{.payload = "\x02", .stated_length = 2}.text()),
              "the histogram states 2 bytes of counts but has 1");
    EXPECT_EQ(error_of(Plain{.payload = "\x02\x02", .stated_length = 1}.text()),
              "the histogram states 1 bytes of counts but has 2");
    EXPECT_EQ(error_of(Plain{.payload = "\x02\x02\x02", .stated_length = 1}.text()),
              "the histogram's compressed bytes are damaged");
    EXPECT_EQ(error_of(Plain{.payload = "\x80"}.text()), "the histogram ends within a number");
    EXPECT_EQ(error_of(Plain{.stated_length = 4'000'000'000}.text()),
              "the histogram states 4000000000 bytes of counts, too many for its range");
}

TEST(HistogramCodec, refuses_counts_outside_its_range) {
    const std::string last_counter_only = "\xff\x9f\x01";  // 10 240 zeros: layout of 1 to 10^6 has 11 264
    EXPECT_EQ(error_of(Plain{.payload = last_counter_only}.text()), "no error");
    const std::string minimum("\xff\xff\xff\xff\xff\xff\xff\xff\xff");  // a run of 2^63 zeros
    EXPECT_EQ(error_of(Plain{.payload = minimum}.text()),
              "the histogram has more counts than its range of 1 to 1000000");
    const std::string many(11'265, '\x02');
    EXPECT_EQ(error_of(Plain{.payload = many}.text()),
              "the histogram has more counts than its range of 1 to 1000000");
    EXPECT_EQ(error_of(Plain{.payload = many.substr(1)}.text()), "no error");
}

TEST(HistogramCodec, refuses_counts_that_overflow) {
    const std::string largest("\xfe\xff\xff\xff\xff\xff\xff\xff\xff");  // 2^63 - 1
    EXPECT_EQ(error_of(Plain{.payload = largest}.text()), "no error");
    EXPECT_EQ(error_of(Plain{.payload = largest + "\x02"}.text()), "the histogram's counts overflow");
}

TEST(HistogramCodec, refuses_every_damaged_byte_or_decodes_to_a_histogram) {
    Histogram histogram;
    histogram.record(1'234'567, 89);
    const std::string bytes = *from_base64(encode(histogram));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x01);
        const auto decoded = decode(to_base64(damaged));
        EXPECT_FALSE(decoded) << "byte "
                              << i;  // zlib's checksum covers the contents, cookie and length the rest
        EXPECT_FALSE(decode(to_base64(bytes.substr(0, i)))) << "cut at " << i;
    }
}

}  // namespace
}  // namespace joust::stats
