#pragma once

#include <optional>
#include <string_view>

#include "files/json_fields.hpp"
#include "model/own_settings.hpp"

// What role and database had of their own in the server: a part of the line of a trial.
namespace joust::files {

inline std::optional<model::Durability> durability_of(std::string_view text) {
    for (const model::Durability one : {model::Durability::full, model::Durability::relaxed})
        if (name(one) == text) return one;
    return std::nullopt;
}

template <typename F, Is<model::OwnSetting> S>
void fields(F& f, S& setting) {
    f.text("role", setting.role);
    f.text("database", setting.database);
    f.text("name", setting.name);
    f.text("value", setting.value);
}

template <typename F, Is<model::OwnSettings> O>
void fields(F& f, O& own) {
    enumeration(f, "durability", own.durability, durability_of);
    f("settings", own.settings);
}

}  // namespace joust::files
