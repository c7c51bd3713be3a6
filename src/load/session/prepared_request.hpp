#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/secret_order.hpp"
#include "load/request.hpp"
#include "load/target.hpp"
#include "model/samples.hpp"

namespace joust::load {

inline constexpr std::size_t k_id_prefix_bytes = 12;
inline constexpr std::size_t k_id_bytes = 24;
inline constexpr std::size_t k_run_prefix_bytes = 9;  ///< that all ids of a run begin with

/// What one load thread fills into its requests.
struct IdSource {
    std::array<char, k_id_prefix_bytes> prefix;  ///< of {request_id}; unique to run and thread
    std::uint64_t thread = 0;
    std::uint64_t threads = 1;
    SecretOrder order;  ///< of {request_id}
};
/// The ids of one thread. `run` tells runs apart; `thread` is at most 255.
IdSource make_id_source(std::uint64_t run, int thread, int threads, const SecretOrder& order = {});
/// None is issued yet of these ids, which look like those of a load: of the first thread of a run of their
/// own.
model::IssuedIds unused_ids();

/// Whether a placeholder of the request stands for a column of the feed.
bool uses_columns(const Target& target, const Request& request, const Feed& feed);

/// One operation's request as bytes, made once; a send patches only what changes.
class PreparedRequest {
public:
    /// One variant for each row of the feed when the request uses its columns. Fails on what makes no HTTP
    /// request, on a value that its place cannot hold (naming file, line and column), and on variants of more
    /// than 256 MiB together.
    static Result<PreparedRequest> prepare(const Target& target, const Request& request, const Feed& feed);

    [[nodiscard]] std::size_t variants() const { return variants_.size(); }
    /// Largest number of bytes that render() writes; 0 when nothing changes from send to send.
    [[nodiscard]] std::size_t buffer_size() const { return buffer_size_; }
    [[nodiscard]] bool is_head() const { return is_head_; }
    /// A request whose repetition has no further effect (RFC 9110, 9.2.2).
    [[nodiscard]] bool is_idempotent() const { return is_idempotent_; }
    /// Whether this variant tells the server that its connection carries no further request.
    [[nodiscard]] bool closes(std::size_t variant) const { return variants_[variant].closes; }
    [[nodiscard]] bool sends_id() const { return sends_id_; }

    /// The bytes to send. They are in `buffer` (of buffer_size() bytes) when they change, where the same
    /// variant stood before if `loaded`; the view is valid as long as both live.
    [[nodiscard]] std::string_view render(std::size_t variant, char* buffer, bool loaded,
                                          const IdSource& source, std::uint64_t sequence) const;
    /// The {request_id} in bytes that render() gave; empty when it sends none.
    [[nodiscard]] std::string_view id_in(std::size_t variant, std::string_view bytes) const;

private:
    enum class Kind : std::uint8_t { request_id, sequence };
    struct Patch {
        std::uint32_t offset;
        Kind kind;
    };
    struct Variant {
        std::string bytes;
        std::vector<Patch> patches;
        bool closes = false;
    };
    static Result<Variant> make_variant(const http::RequestParts& parts);

    std::vector<Variant> variants_;
    std::size_t buffer_size_ = 0;
    bool is_head_ = false;
    bool is_idempotent_ = false;
    bool sends_id_ = false;
};

}  // namespace joust::load
