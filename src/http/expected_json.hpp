#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "http/json_parser.hpp"

namespace joust::http {

/// How a body differs from what is expected.
struct Mismatch {
    std::string why;     ///< as a clause: "\"a\" is 2 instead of 1"
    bool of_id = false;  ///< it has another text where the request's id has to stand
};

/// A JSON value that a body has to have, made ready to be compared with many bodies.
///
/// A body is parsed as a whole: it is one well-formed value of RFC 8259 in UTF-8, without a byte order mark,
/// at most k_most_json_levels deep, and in none of its objects does a member stand twice. Then, at every
/// depth: an expected object's members have to be there, and others may be; arrays have the expected length,
/// and each element is compared by these same rules; numbers are equal by value, integers of up to 64 bits
/// exactly, others as double; strings after unescaping. A number beyond doubles equals none that can be
/// expected.
class ExpectedJson {
public:
    /// Makes any JSON value ready to be compared by the rules of ExpectedJson. "{request_id}" in its strings
    /// stands for the id that was sent; fails (bad_input) when the request `sends_id` not, and when it stands
    /// in the name of a member.
    static Result<ExpectedJson> compile(std::string_view json, bool sends_id);

    /// Why `body` is not the answer to the request of this id; empty when it is. Takes time in proportion to
    /// its length, times the logarithm of its members.
    [[nodiscard]] std::optional<Mismatch> mismatch(std::string_view body, std::string_view id,
                                                   JsonParser& parser) const;
    /// How often the id has to stand in a right body.
    [[nodiscard]] std::size_t ids() const { return ids_; }

    /// One value of the expected ones.
    struct Node {
        enum class Kind : std::uint8_t { null, boolean, negative, natural, real, text, array, object };
        Kind kind = Kind::null;
        bool truth = false;
        std::int64_t integer = 0;          ///< negative
        std::uint64_t count = 0;           ///< natural: an integer from 0
        double number = 0;                 ///< real
        std::vector<std::string> pieces;   ///< text: an id stands between two pieces
        std::vector<Node> nodes;           ///< of an array, or the values of an object
        std::vector<std::string> names;    ///< object: of each value
        std::vector<std::uint32_t> order;  ///< object: the positions of the names, sorted
    };

private:
    Node root_;
    std::size_t ids_ = 0;
};

}  // namespace joust::http
