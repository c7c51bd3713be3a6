#include "model/own_settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <string_view>

namespace joust::model {
namespace {

// The spellings of "off" that PostgreSQL takes. All other values of synchronous_commit wait for the disk of
// this server: local, remote_write and remote_apply are of standbys, and it has none. The other settings of
// durability (fsync, full_page_writes, wal_sync_method) belong to the server alone.
constexpr std::string_view k_commit_setting = "synchronous_commit";
constexpr std::array<std::string_view, 4> k_off_words{"off", "false", "no", "0"};

bool is_off(std::string_view value) {
    const auto same = [&](std::string_view word) {
        return std::equal(word.begin(), word.end(), value.begin(), value.end(),
                          [](char a, unsigned char b) { return a == std::tolower(b); });
    };
    return std::any_of(k_off_words.begin(), k_off_words.end(), same);
}

}  // namespace

std::vector<OwnSetting> against_durability(const OwnSettings& own) {
    std::vector<OwnSetting> found;
    if (own.durability != Durability::full) return found;
    std::copy_if(own.settings.begin(), own.settings.end(), std::back_inserter(found),
                 [](const OwnSetting& one) { return one.name == k_commit_setting && is_off(one.value); });
    return found;
}

}  // namespace joust::model
