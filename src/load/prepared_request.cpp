#include "load/prepared_request.hpp"

#include <algorithm>
#include <cstring>

#include "base/text.hpp"

namespace joust::load {
namespace {

constexpr std::size_t k_sequence_bytes = 12;
constexpr std::uint64_t k_first_sequence = 100'000'000'000;  // so that all have 12 digits and JSON takes them
constexpr std::size_t k_most_variant_bytes = std::size_t{256} << 20U;
// Stand in for the values while the request is serialised; no request may hold them itself.
constexpr std::string_view k_id_mark = "<joust:place-of-the-id:>";
constexpr std::string_view k_sequence_mark = "<joust:seq:>";
static_assert(k_id_mark.size() == k_id_bytes && k_sequence_mark.size() == k_sequence_bytes);

void write_hexadecimal(char* at, std::uint64_t value) {
    for (int digit = 11; digit >= 0; --digit, value >>= 4U)
        at[digit] = "0123456789abcdef"[value & 15U];
}

void write_decimal(char* at, std::uint64_t value) {
    for (int digit = static_cast<int>(k_sequence_bytes) - 1; digit >= 0; --digit, value /= 10)
        at[digit] = static_cast<char>('0' + value % 10);
}

bool holds_marks(std::string_view text) {
    return text.find(k_id_mark) != std::string_view::npos ||
           text.find(k_sequence_mark) != std::string_view::npos;
}

const std::string& path_of(const Target& target, const Request& request) {
    return request.path.empty() ? target.path : request.path;
}

}  // namespace

bool uses_columns(const Target& target, const Request& request, const Feed& feed) {
    return std::any_of(feed.columns.begin(), feed.columns.end(), [&](const std::string& column) {
        const std::string placeholder = "{" + column + "}";
        const auto holds = [&](const std::string& text) {
            return text.find(placeholder) != std::string::npos;
        };
        return holds(path_of(target, request)) || holds(request.body) ||
               std::any_of(request.headers.begin(), request.headers.end(),
                           [&](const http::Header& header) { return holds(header.value); });
    });
}

IdSource make_id_source(std::uint64_t run, int thread, int threads) {
    IdSource source;
    const std::string prefix = fmt::format("{:08x}-{:02x}-", run & 0xffffffffU, thread & 0xff);
    std::copy_n(prefix.begin(), k_id_prefix_bytes, source.prefix.begin());
    source.thread = static_cast<std::uint64_t>(thread);
    source.threads = static_cast<std::uint64_t>(threads);
    return source;
}

Result<PreparedRequest::Variant> PreparedRequest::make_variant(const Target& target, const Request& request,
                                                               const Replacements& columns) {
    Replacements values = columns;
    values.emplace_back("request_id", k_id_mark);
    values.emplace_back("sequence", k_sequence_mark);
    http::RequestParts parts{.method = request.method,
                             .authority = target.authority(),
                             .path = filled(path_of(target, request), values),
                             .headers = request.headers,
                             .body = filled(request.body, values)};
    for (http::Header& header : parts.headers)
        header.value = filled(header.value, values);
    Variant variant;
    JOUST_TRY(variant.bytes, http::write_request(parts));
    for (const auto& [mark, kind] :
         {std::pair{k_id_mark, Kind::request_id}, {k_sequence_mark, Kind::sequence}})
        for (std::size_t at = 0; (at = variant.bytes.find(mark, at)) != std::string::npos; at += mark.size())
            variant.patches.push_back({static_cast<std::uint32_t>(at), kind});
    return variant;
}

Result<PreparedRequest> PreparedRequest::prepare(const Target& target, const Request& request,
                                                 const Feed& feed) {
    const bool marked = holds_marks(request.path) || holds_marks(target.path) || holds_marks(request.body) ||
                        std::any_of(request.headers.begin(), request.headers.end(),
                                    [](const http::Header& header) { return holds_marks(header.value); });
    if (marked)
        return fail(ErrorKind::bad_input, "the request holds {} or {}, which Joust uses itself", k_id_mark,
                    k_sequence_mark);
    PreparedRequest prepared;
    prepared.is_head_ = request.method == "HEAD";
    constexpr std::array<std::string_view, 6> k_idempotent{"GET",    "HEAD",    "PUT",
                                                           "DELETE", "OPTIONS", "TRACE"};
    prepared.is_idempotent_ =
        std::find(k_idempotent.begin(), k_idempotent.end(), request.method) != k_idempotent.end();
    const bool by_row = uses_columns(target, request, feed);
    if (by_row && feed.rows.empty()) return fail(ErrorKind::bad_input, "the data feed has no rows");
    std::size_t bytes = 0;
    for (std::size_t row = 0; row < (by_row ? feed.rows.size() : 1); ++row) {
        Replacements columns;
        for (std::size_t column = 0; by_row && column < feed.columns.size(); ++column) {
            const std::string& value =
                column < feed.rows[row].size() ? feed.rows[row][column] : std::string();
            if (holds_marks(value))
                return fail(ErrorKind::bad_input,
                            "row {} of the data feed holds {} or {}, which Joust uses itself", row + 1,
                            k_id_mark, k_sequence_mark);
            columns.emplace_back(feed.columns[column], value);
        }
        Result<Variant> made = make_variant(target, request, columns);
        if (!made && by_row)
            return fail(made.error().kind, "row {} of the data feed: {}", row + 1, made.error().message);
        JOUST_TRY(Variant variant, std::move(made));
        bytes += variant.bytes.size();
        if (bytes > k_most_variant_bytes)
            return fail(ErrorKind::bad_input,
                        "the requests of the data feed take more than 256 MiB at row {}", row + 1);
        if (!variant.patches.empty())
            prepared.buffer_size_ = std::max(prepared.buffer_size_, variant.bytes.size());
        prepared.sends_id_ = std::any_of(variant.patches.begin(), variant.patches.end(),
                                         [](Patch patch) { return patch.kind == Kind::request_id; });
        prepared.variants_.push_back(std::move(variant));
    }
    return prepared;
}

std::string_view PreparedRequest::render(std::size_t variant, char* buffer, bool loaded,
                                         const IdSource& source, std::uint64_t sequence) const {
    const Variant& chosen = variants_[variant];
    if (chosen.patches.empty()) return chosen.bytes;
    if (!loaded) chosen.bytes.copy(buffer, chosen.bytes.size());
    for (const Patch patch : chosen.patches) {
        char* const at = buffer + patch.offset;
        if (patch.kind == Kind::request_id) {
            if (!loaded) std::memcpy(at, source.prefix.data(), k_id_prefix_bytes);
            write_hexadecimal(at + k_id_prefix_bytes, sequence);
        } else {
            write_decimal(at, k_first_sequence + sequence * source.threads + source.thread);
        }
    }
    return {buffer, chosen.bytes.size()};
}

std::string_view PreparedRequest::id_in(std::size_t variant, std::string_view bytes) const {
    for (const Patch patch : variants_[variant].patches)
        if (patch.kind == Kind::request_id) return bytes.substr(patch.offset, k_id_bytes);
    return {};
}

}  // namespace joust::load
