#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace joust {

/// Whether a value of this name is kept from files and logs: password, api-key, accessToken, Authorization …
/// The last part of a dotted name decides; blanks, dashes, underscores and case do not matter.
bool is_secret_name(std::string_view name);

/// `text` with each credential in it as "***": user:password@ of a URL (the user stays), values of secret
/// names as in ?token=x, password=x, "password": "x" and Authorization: x, and what follows Bearer or Basic.
/// Rather too much than too little goes.
std::string masked(std::string_view text);

/// What stands in the place of a credential.
inline constexpr std::string_view k_mask = "***";

/// Each value masked(), and wholly where its name is_secret_name().
std::map<std::string, std::string> masked_values(const std::map<std::string, std::string>& values);

/// Each word of a command masked(), and the word after a flag of a secret name (--password x) or after
/// -u and --user.
std::vector<std::string> masked_command(const std::vector<std::string>& words);

}  // namespace joust
