#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/quantity.hpp"
#include "base/text.hpp"
#include "files/number_ranges.hpp"
#include "model/name_rules.hpp"

// One description of a value's JSON fields serves writing and reading, so that the two cannot drift apart:
//     template <typename F, Is<Usage> U> void fields(F& f, U& usage) { f.seconds("cpu_user_s",
//     usage.cpu.user); }
// Strings hold only printable characters (base/text.hpp): the writer escapes others, the reader refuses them.
// name() is for what becomes part of paths and scripts, text() for what others said and is only shown,
// words() for commands, which stay as they are. F is a JsonWriter (U is const) or a JsonReader. Every key is
// written, with null for an empty optional, and has to be there when read, but for those that earlier
// versions did not write (later, later_…).
namespace joust::files {

using Json = nlohmann::ordered_json;

template <typename T, typename Value>
concept Is = std::same_as<std::remove_const_t<T>, Value>;

template <typename T>
inline constexpr bool k_is_optional = false;
template <typename T>
inline constexpr bool k_is_optional<std::optional<T>> = true;
template <typename T>
inline constexpr bool k_is_vector = false;
template <typename T>
inline constexpr bool k_is_vector<std::vector<T>> = true;
template <typename T>
inline constexpr bool k_is_map = false;
template <typename T>
inline constexpr bool k_is_map<std::map<std::string, T>> = true;

class JsonWriter {
public:
    static constexpr bool reading = false;
    /// Writes into `object`, each key with `prefix` before it; `object` outlives the writer.
    explicit JsonWriter(Json& object, std::string prefix = "")
        : object_(&object), prefix_(std::move(prefix)) {}

    template <typename T>
    void operator()(std::string_view key, const T& value) {
        (*object_)[prefix_ + std::string(key)] = encoded(value);
    }
    /// Whole nanoseconds; for a key in _ns.
    void nanoseconds(std::string_view key, Nanoseconds value) { (*this)(key, value.count()); }
    void nanoseconds(std::string_view key, std::optional<Nanoseconds> value) {
        (*this)(key, value ? std::optional(value->count()) : std::nullopt);
    }
    /// Seconds with a fraction; for a key in _s. Exact to the nanosecond up to eleven days.
    void seconds(std::string_view key, Nanoseconds value) { (*this)(key, joust::seconds(value)); }
    void seconds(std::string_view key, std::optional<Nanoseconds> value) {
        (*this)(key, value ? std::optional(joust::seconds(*value)) : std::nullopt);
    }
    void name(std::string_view key, const std::string& value) { (*this)(key, value); }
    void text(std::string_view key, const std::string& value) { (*this)(key, value); }
    void words(std::string_view key, const std::vector<std::string>& value) {
        (*object_)[prefix_ + std::string(key)] = value;
    }
    /// A time in seconds under a key that files of earlier versions lack: read from them, it is empty.
    void later_seconds(std::string_view key, std::optional<Nanoseconds> value) { seconds(key, value); }
    /// A key that files of earlier versions lack: read from them, the value stays as it is.
    template <typename T>
    void later(std::string_view key, const T& value) {
        (*this)(key, value);
    }
    /// For a key in _bytes.
    void bytes(std::string_view key, Bytes value) { (*this)(key, value.count); }
    void bytes(std::string_view key, std::optional<Bytes> value) {
        (*this)(key, value ? std::optional(value->count) : std::nullopt);
    }
    void later_bytes(std::string_view key, std::optional<Bytes> value) { bytes(key, value); }
    /// A figure that follows from others: written for the reader's convenience, ignored when read.
    template <typename T>
    void derived(std::string_view key, const T& value) {
        (*this)(key, value);
    }
    [[nodiscard]] JsonWriter prefixed(std::string_view prefix) const {
        return JsonWriter(*object_, prefix_ + std::string(prefix));
    }

    template <typename T>
    static Json encoded(const T& value) {
        if constexpr (std::is_convertible_v<T, std::string_view>) {
            return storable(value);
        } else if constexpr (std::is_arithmetic_v<T>) {
            return value;
        } else if constexpr (k_is_optional<T>) {
            return value ? encoded(*value) : Json(nullptr);
        } else if constexpr (k_is_vector<T>) {
            Json list = Json::array();
            for (const auto& item : value)
                list.push_back(encoded(item));
            return list;
        } else if constexpr (k_is_map<T>) {
            Json object = Json::object();
            for (const auto& [key, item] : value)
                object[storable(key)] = encoded(item);
            return object;
        } else {
            Json object = Json::object();
            JsonWriter writer(object);
            fields(writer, value);
            return object;
        }
    }

private:
    Json* object_;
    std::string prefix_;
};

/// Reads what a JsonWriter wrote. Goes on after a mistake and keeps the first one.
class JsonReader {
public:
    static constexpr bool reading = true;
    /// Reads from `object`; the first mistake goes to `problem`, after `place`. Both outlive the reader.
    JsonReader(const nlohmann::json& object, std::optional<std::string>& problem, std::string prefix = "",
               std::string place = "")
        : object_(&object), problem_(&problem), prefix_(std::move(prefix)), place_(std::move(place)) {}

    /// A number has to be in the range of its key (number_ranges.hpp).
    template <typename T>
    void operator()(std::string_view key, T& value) {
        if (const nlohmann::json* const found = find(key)) decode(wanted(key), *found, value);
    }
    void nanoseconds(std::string_view key, Nanoseconds& value) {
        std::int64_t count = 0;
        (*this)(key, count);
        value = Nanoseconds{count};
    }
    void nanoseconds(std::string_view key, std::optional<Nanoseconds>& value) {
        std::optional<std::int64_t> count;
        (*this)(key, count);
        if (count) value = Nanoseconds{*count};
    }
    void seconds(std::string_view key, Nanoseconds& value) {
        double count = 0;
        (*this)(key, count);
        value = from_seconds(count);
    }
    void seconds(std::string_view key, std::optional<Nanoseconds>& value) {
        std::optional<double> count;
        (*this)(key, count);
        if (count) value = from_seconds(*count);
    }
    /// A name (model::is_name()); "" is none.
    void name(std::string_view key, std::string& value) {
        (*this)(key, value);
        if (!*problem_ && !model::is_name(value))
            complain(prefix_ + std::string(key), model::not_a_name(value));
    }
    /// Free text, which becomes printable.
    void text(std::string_view key, std::string& value) {
        const nlohmann::json* const found = find(key);
        if (found == nullptr) return;
        if (!found->is_string()) return complain(prefix_ + std::string(key), "has to be a string");
        value = printable(found->get_ref<const std::string&>());
    }
    /// Words with whatever characters.
    void words(std::string_view key, std::vector<std::string>& value) {
        const nlohmann::json* const found = find(key);
        if (found == nullptr) return;
        const std::string name = prefix_ + std::string(key);
        if (!found->is_array()) return complain(name, "has to be a list");
        for (const nlohmann::json& word : *found) {
            if (!word.is_string()) return complain(name, "has to be a list of strings");
            value.push_back(word.get<std::string>());
        }
    }
    void later_seconds(std::string_view key, std::optional<Nanoseconds>& value) {
        if (object_->contains(prefix_ + std::string(key))) seconds(key, value);
    }
    [[nodiscard]] bool has(std::string_view key) const {
        return object_->contains(prefix_ + std::string(key));
    }
    template <typename T>
    void later(std::string_view key, T& value) {
        if (has(key)) (*this)(key, value);
    }
    void bytes(std::string_view key, Bytes& value) { (*this)(key, value.count); }
    void bytes(std::string_view key, std::optional<Bytes>& value) {
        std::optional<std::uint64_t> count;
        (*this)(key, count);
        if (count) value = Bytes{*count};
    }
    void later_bytes(std::string_view key, std::optional<Bytes>& value) {
        if (object_->contains(prefix_ + std::string(key))) bytes(key, value);
    }
    template <typename T>
    void derived(std::string_view, const T&) {}
    [[nodiscard]] JsonReader prefixed(std::string_view prefix) const {
        return {*object_, *problem_, prefix_ + std::string(prefix), place_};
    }

    void complain(const std::string& key, std::string_view what) {
        if (!*problem_) *problem_ = "\"" + place_ + key + "\" " + std::string(what);
    }

private:
    /// A value's key within the object, and what a number there may be.
    struct Wanted {
        std::string key;
        NumberRange range;
    };
    [[nodiscard]] Wanted wanted(std::string_view key) const {
        std::string whole = prefix_ + std::string(key);
        const NumberRange range = number_range(place_ + whole);
        return {std::move(whole), range};
    }

    // Complains where it is missing.
    const nlohmann::json* find(std::string_view key) {
        const std::string name = prefix_ + std::string(key);
        const auto found = object_->find(name);
        if (found != object_->end()) return &*found;
        complain(name, "is missing");
        return nullptr;
    }

    // A whole number that is within the range of its key and of T.
    template <std::integral T>
    void decode_integer(const Wanted& wanted, const nlohmann::json& json, T& value) {
        const std::int64_t low = std::signed_integral<T> ? wanted.range.least : 0;
        const std::int64_t high =
            sizeof(T) == sizeof(std::int64_t) ? wanted.range.most : std::min(wanted.range.most, k_most_small);
        const auto within = [&](auto number) {
            return std::cmp_greater_equal(number, low) && std::cmp_less_equal(number, high);
        };
        const bool fits =
            json.is_number_integer() && (json.is_number_unsigned() ? within(json.get<std::uint64_t>())
                                                                   : within(json.get<std::int64_t>()));
        if (!fits)
            return complain(wanted.key, fmt::format("has to be a whole number from {} to {}, and is {}", low,
                                                    high, printable(json.dump().substr(0, k_shown))));
        value = json.get<T>();
    }

    template <std::floating_point T>
    void decode_number(const Wanted& wanted, const nlohmann::json& json, T& value) {
        const bool fits = json.is_number() && json.get<T>() >= static_cast<T>(wanted.range.least) &&
                          json.get<T>() <= static_cast<T>(wanted.range.most);
        if (!fits)
            return complain(wanted.key,
                            fmt::format("has to be a number from {} to {}, and is {}", wanted.range.least,
                                        wanted.range.most, printable(json.dump().substr(0, k_shown))));
        value = json.get<T>();
    }

    template <typename T>
    void decode(const Wanted& wanted, const nlohmann::json& json, T& value) {
        const std::string& key = wanted.key;
        if constexpr (k_is_optional<T>) {
            if (json.is_null()) return value.reset();
            decode(wanted, json, value.emplace());
        } else if constexpr (std::same_as<T, bool>) {
            if (!json.is_boolean()) return complain(key, "has to be true or false");
            value = json.get<bool>();
        } else if constexpr (std::integral<T>) {
            decode_integer(wanted, json, value);
        } else if constexpr (std::floating_point<T>) {
            decode_number(wanted, json, value);
        } else if constexpr (std::same_as<T, std::string>) {
            if (!json.is_string()) return complain(key, "has to be a string");
            if (!is_printable(json.get_ref<const std::string&>()))
                return complain(key, fmt::format("is \"{}\", which has characters that cannot be printed",
                                                 printable(json.get_ref<const std::string&>())));
            value = json.get<std::string>();
        } else if constexpr (k_is_vector<T>) {
            if (!json.is_array()) return complain(key, "has to be a list");
            const Wanted item_wanted{key + "[]", wanted.range};
            for (const nlohmann::json& item : json)
                decode(item_wanted, item, value.emplace_back());
        } else if constexpr (k_is_map<T>) {
            if (!json.is_object()) return complain(key, "has to be an object");
            for (const auto& [name, item] : json.items()) {
                if (!is_printable(name))
                    return complain(key,
                                    fmt::format("has the key \"{}\", which has characters that cannot be "
                                                "printed",
                                                printable(name)));
                decode({key + "." + name, wanted.range}, item, value[name]);
            }
        } else {
            if (!json.is_object()) return complain(key, "has to be an object");
            JsonReader reader(json, *problem_, "", place_ + key + ".");
            fields(reader, value);
        }
    }

    static constexpr std::size_t k_shown = 40;  // characters of what is no number

    const nlohmann::json* object_;
    std::optional<std::string>* problem_;
    std::string prefix_;
    std::string place_;  // of the object, in messages
};

/// An enumeration by its name: `parse` gives an empty optional for a name that is none.
template <typename F, typename E, typename Parse>
void enumeration(F& f, std::string_view key, E& value, Parse&& parse) {
    if constexpr (F::reading) {
        std::string text;
        f(key, text);
        if (const auto parsed = parse(text)) {
            value = *parsed;
        } else {
            f.complain(std::string(key), "is \"" + text + "\", which is no name that is known here");
        }
    } else {
        f(key, name(value));
    }
}

/// The same for a key that files of earlier versions lack: read from them, the value stays as it is.
template <typename F, typename E, typename Parse>
void later_enumeration(F& f, std::string_view key, E& value, Parse&& parse) {
    if constexpr (F::reading)
        if (!f.has(key)) return;
    enumeration(f, key, value, std::forward<Parse>(parse));
}

}  // namespace joust::files
