#include "stats/histogram_codec.hpp"

#include <zlib.h>

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "stats/base64.hpp"

// Format: AbstractHistogram.encodeIntoByteBuffer and ZigZagEncoding of HdrHistogram 2.x. All numbers are
// big-endian. Compressed: cookie, length, zlib stream of: cookie, payload length, normalizing index offset,
// significant digits (int32 each), lowest, highest (int64), ratio to doubles (double), then the payload.
namespace joust::stats {
namespace {

constexpr std::uint32_t k_cookie = 0x1c849313;             // V2, words of variable length
constexpr std::uint32_t k_compressed_cookie = 0x1c849314;  // V2, compressed
constexpr std::uint32_t k_word_size_bits = 0xf0;           // writers differ in them; V2 ignores them
constexpr std::size_t k_compressed_header = 8;
constexpr std::size_t k_header = 40;
constexpr std::size_t k_longest_word = 9;  // bytes of one ZigZag LEB128 number

template <typename Number>
void put(std::string& out, Number number) {
    for (int shift = static_cast<int>(sizeof number) * 8 - 8; shift >= 0; shift -= 8)
        out += static_cast<char>((number >> shift) & 0xFFU);
}

template <typename Number>
Number take(std::string_view bytes, std::size_t at) {
    Number number = 0;
    for (const char byte : bytes.substr(at, sizeof number))
        number = static_cast<Number>((number << 8) | static_cast<unsigned char>(byte));
    return number;
}

// ZigZag LEB128: seven bits a byte, lowest first; a ninth byte carries eight bits.
void put_word(std::string& out, std::int64_t number) {
    auto bits = (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
    for (std::size_t i = 1; i < k_longest_word && bits > 0x7F; ++i) {
        out += static_cast<char>((bits & 0x7F) | 0x80);
        bits >>= 7;
    }
    out += static_cast<char>(bits);
}

std::optional<std::int64_t> take_word(std::string_view& bytes) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < k_longest_word && i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        const bool last = i + 1 == k_longest_word || byte < 0x80;
        bits |= static_cast<std::uint64_t>(i + 1 == k_longest_word ? byte : byte & 0x7F) << (7 * i);
        if (!last) continue;
        bytes.remove_prefix(i + 1);
        return static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
    }
    return std::nullopt;
}

std::string payload_of(const Histogram& histogram) {
    std::string payload;
    const std::size_t end = histogram.layout().index_of(histogram.max()) + 1;
    std::size_t first = 0;  // of the zeros before the next count; none is below the minimum
    for (std::size_t i = histogram.layout().index_of(histogram.min()); i < end; first = i) {
        while (i < end && histogram.count_at(i) == 0)
            ++i;
        // One zero is a count; a longer run is its negative length.
        const auto zeros = static_cast<std::int64_t>(i - first);
        if (zeros > 0) put_word(payload, zeros == 1 ? 0 : -zeros);
        if (i < end) put_word(payload, static_cast<std::int64_t>(histogram.count_at(i++)));
    }
    return payload;
}

Status read_payload(std::string_view payload, Histogram& histogram) {
    const HistogramLayout& layout = histogram.layout();
    std::size_t index = 0;
    std::uint64_t total = 0;
    while (!payload.empty()) {
        const auto word = take_word(payload);
        if (!word) return fail(ErrorKind::bad_input, "the histogram ends within a number");
        const std::size_t left = layout.size() - index;
        const std::uint64_t step = *word < 0 ? ~static_cast<std::uint64_t>(*word) + 1 : 1;
        if (step > left)
            return fail(ErrorKind::bad_input, "the histogram has more counts than its range of {} to {}",
                        layout.lowest(), layout.highest());
        if (*word > 0) {
            total += static_cast<std::uint64_t>(*word);
            if (total > INT64_MAX) return fail(ErrorKind::bad_input, "the histogram's counts overflow");
            histogram.record_counter(index, static_cast<std::uint64_t>(*word));
        }
        index += step;
    }
    return {};
}

// Inflates a whole zlib stream in two steps: the header says how long the rest may be.
class Inflater {
public:
    explicit Inflater(std::string_view compressed) {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
        stream_.avail_in = static_cast<uInt>(compressed.size());
        ready_ = ::inflateInit(&stream_) == Z_OK;
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() {
        if (ready_) ::inflateEnd(&stream_);
    }

    /// The next bytes, at most `limit`; fewer at the end of the stream; nothing if the stream is damaged.
    std::optional<std::string> next(std::size_t limit) {
        std::string out;
        while (ready_ && !ended_ && out.size() < limit) {
            char buffer[4096];
            stream_.next_out = reinterpret_cast<Bytef*>(buffer);
            stream_.avail_out = static_cast<uInt>(std::min(sizeof buffer, limit - out.size()));
            const uInt room = stream_.avail_out;
            const int status = ::inflate(&stream_, Z_NO_FLUSH);
            if (status != Z_OK && status != Z_STREAM_END) return std::nullopt;
            ended_ = status == Z_STREAM_END;
            out.append(buffer, room - stream_.avail_out);
        }
        return out;
    }
    /// True when all of the input was one stream with the right checksum.
    [[nodiscard]] bool complete() const { return ended_ && stream_.avail_in == 0; }

private:
    z_stream stream_{};
    bool ready_ = false;
    bool ended_ = false;
};

Result<HistogramLayout> read_header(std::string_view header) {
    if (header.size() < k_header) return fail(ErrorKind::bad_input, "the histogram's header is cut off");
    const auto cookie = take<std::uint32_t>(header, 0);
    if ((cookie & ~k_word_size_bits) != (k_cookie & ~k_word_size_bits))
        return fail(ErrorKind::bad_input, "the histogram has cookie {:#010x}, only V2 ({:#010x}) is read",
                    cookie, k_cookie);
    if (take<std::uint32_t>(header, 8) != 0)
        return fail(ErrorKind::bad_input, "the histogram's counters are shifted, which is not supported");
    return HistogramLayout::make(static_cast<std::int64_t>(take<std::uint64_t>(header, 16)),
                                 static_cast<std::int64_t>(take<std::uint64_t>(header, 24)),
                                 static_cast<std::int32_t>(take<std::uint32_t>(header, 12)));
}

}  // namespace

std::string encode(const Histogram& histogram) {
    const std::string payload = payload_of(histogram);
    std::string plain;
    put(plain, k_cookie);
    put(plain, static_cast<std::uint32_t>(payload.size()));
    put(plain, std::uint32_t{0});
    put(plain, static_cast<std::uint32_t>(histogram.layout().digits()));
    put(plain, static_cast<std::uint64_t>(histogram.layout().lowest()));
    put(plain, static_cast<std::uint64_t>(histogram.layout().highest()));
    put(plain, std::bit_cast<std::uint64_t>(1.0));
    plain += payload;

    uLongf length = ::compressBound(plain.size());
    std::vector<Bytef> compressed(length);
    // Cannot fail: the buffer has the size that zlib asks for.
    ::compress(compressed.data(), &length, reinterpret_cast<const Bytef*>(plain.data()), plain.size());
    std::string out;
    put(out, k_compressed_cookie);
    put(out, static_cast<std::uint32_t>(length));
    out.append(reinterpret_cast<const char*>(compressed.data()), length);
    return to_base64(out);
}

Result<Histogram> decode(std::string_view base64) {
    const auto bytes = from_base64(base64);
    if (!bytes) return fail(ErrorKind::bad_input, "the histogram is not valid base64");
    if (bytes->size() < k_compressed_header)
        return fail(ErrorKind::bad_input, "the histogram is cut off after {} bytes", bytes->size());
    const auto cookie = take<std::uint32_t>(*bytes, 0);
    if ((cookie & ~k_word_size_bits) != (k_compressed_cookie & ~k_word_size_bits))
        return fail(ErrorKind::bad_input,
                    "the histogram has cookie {:#010x}, only compressed V2 ({:#010x}) is read", cookie,
                    k_compressed_cookie);
    const std::size_t length = take<std::uint32_t>(*bytes, 4);
    if (length != bytes->size() - k_compressed_header)
        return fail(ErrorKind::bad_input, "the histogram states {} compressed bytes but has {}", length,
                    bytes->size() - k_compressed_header);

    Inflater inflater(std::string_view(*bytes).substr(k_compressed_header));
    const auto header = inflater.next(k_header);
    if (!header) return fail(ErrorKind::bad_input, "the histogram's compressed bytes are damaged");
    JOUST_TRY(const HistogramLayout layout, read_header(*header));
    const std::size_t stated = take<std::uint32_t>(*header, 4);
    if (stated > layout.size() * k_longest_word)
        return fail(ErrorKind::bad_input, "the histogram states {} bytes of counts, too many for its range",
                    stated);
    // One byte more than stated, to see a stream that goes on, and its checksum when it does not.
    const auto payload = inflater.next(stated + 1);
    if (!payload || !inflater.complete())
        return fail(ErrorKind::bad_input, "the histogram's compressed bytes are damaged");
    if (payload->size() != stated)
        return fail(ErrorKind::bad_input, "the histogram states {} bytes of counts but has {}", stated,
                    payload->size());
    Histogram histogram(layout);
    JOUST_CHECK(read_payload(*payload, histogram));
    return histogram;
}

}  // namespace joust::stats
