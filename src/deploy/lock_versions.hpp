#pragma once

#include <map>
#include <string>
#include <string_view>

namespace joust::deploy {

/// Package to version out of a pip requirements file whose versions are pinned with "==". Lines of other
/// kinds (hashes, options, comments) say nothing.
std::map<std::string, std::string> pinned_versions(std::string_view requirements);

/// The version in a virtual environment's pyvenv.cfg; "" if there is none.
std::string python_version(std::string_view pyvenv_cfg);

}  // namespace joust::deploy
