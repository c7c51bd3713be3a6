#include "model/environment.hpp"

namespace joust::model {

std::string_view name(LimitsBy limits) {
    if (limits == LimitsBy::off) return "off";
    return limits == LimitsBy::cgroups_v1 ? "cgroups v1" : "cgroups v2";
}

}  // namespace joust::model
