#pragma once

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

// One description of a value's JSON fields serves writing and reading, so that the two cannot drift apart:
//     template <typename F, Is<Usage> U> void fields(F& f, U& usage) { f.seconds("cpu_user_s",
//     usage.cpu.user); }
// F is a JsonWriter (U is const) or a JsonReader. Every key is written, with null for an empty optional, and
// has to be there when read, but for those that earlier versions did not write (later_seconds).
namespace joust::model {

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
    /// As seconds(), for a key that files of earlier versions lack: read from them, it is empty.
    void later_seconds(std::string_view key, std::optional<Nanoseconds> value) { seconds(key, value); }
    /// For any other key that files of earlier versions lack.
    template <typename T>
    void later(std::string_view key, const std::optional<T>& value) {
        (*this)(key, value);
    }
    /// For a key in _bytes.
    void bytes(std::string_view key, Bytes value) { (*this)(key, value.count); }
    void bytes(std::string_view key, std::optional<Bytes> value) {
        (*this)(key, value ? std::optional(value->count) : std::nullopt);
    }
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
        if constexpr (std::is_arithmetic_v<T> || std::is_convertible_v<T, std::string_view>) {
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
                object[key] = encoded(item);
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
    /// Reads from `object`; the first mistake goes to `problem`. Both outlive the reader.
    JsonReader(const Json& object, std::optional<std::string>& problem, std::string prefix = "")
        : object_(&object), problem_(&problem), prefix_(std::move(prefix)) {}

    template <typename T>
    void operator()(std::string_view key, T& value) {
        const std::string name = prefix_ + std::string(key);
        const auto found = object_->find(name);
        if (found == object_->end()) return complain(name, "is missing");
        decode(name, *found, value);
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
    void later_seconds(std::string_view key, std::optional<Nanoseconds>& value) {
        if (object_->contains(prefix_ + std::string(key))) seconds(key, value);
    }
    template <typename T>
    void later(std::string_view key, std::optional<T>& value) {
        if (object_->contains(prefix_ + std::string(key))) (*this)(key, value);
    }
    void bytes(std::string_view key, Bytes& value) { (*this)(key, value.count); }
    void bytes(std::string_view key, std::optional<Bytes>& value) {
        std::optional<std::uint64_t> count;
        (*this)(key, count);
        if (count) value = Bytes{*count};
    }
    template <typename T>
    void derived(std::string_view, const T&) {}
    [[nodiscard]] JsonReader prefixed(std::string_view prefix) const {
        return {*object_, *problem_, prefix_ + std::string(prefix)};
    }

    void complain(const std::string& key, std::string_view what) {
        if (!*problem_) *problem_ = "\"" + key + "\" " + std::string(what);
    }

private:
    template <typename T>
    void decode(const std::string& key, const Json& json, T& value) {
        if constexpr (k_is_optional<T>) {
            if (json.is_null()) return value.reset();
            decode(key, json, value.emplace());
        } else if constexpr (std::same_as<T, bool>) {
            if (!json.is_boolean()) return complain(key, "has to be true or false");
            value = json.get<bool>();
        } else if constexpr (std::unsigned_integral<T>) {
            if (!json.is_number_unsigned()) return complain(key, "has to be a whole number from 0");
            value = json.get<T>();
        } else if constexpr (std::signed_integral<T>) {
            const bool fits = json.is_number_integer() && std::in_range<T>(json.get<std::int64_t>());
            if (!fits) return complain(key, "has to be a whole number");
            value = json.get<T>();
        } else if constexpr (std::floating_point<T>) {
            if (!json.is_number()) return complain(key, "has to be a number");
            value = json.get<T>();
        } else if constexpr (std::same_as<T, std::string>) {
            if (!json.is_string()) return complain(key, "has to be a string");
            value = json.get<std::string>();
        } else if constexpr (k_is_vector<T>) {
            if (!json.is_array()) return complain(key, "has to be a list");
            for (const Json& item : json)
                decode(key, item, value.emplace_back());
        } else if constexpr (k_is_map<T>) {
            if (!json.is_object()) return complain(key, "has to be an object");
            for (const auto& [name, item] : json.items())
                decode(key + "." + name, item, value[name]);
        } else {
            if (!json.is_object()) return complain(key, "has to be an object");
            JsonReader reader(json, *problem_);
            fields(reader, value);
        }
    }

    const Json* object_;
    std::optional<std::string>* problem_;
    std::string prefix_;
};

}  // namespace joust::model
