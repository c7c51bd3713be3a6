#pragma once

#include <string>

#include "model/charge.hpp"

// What a contender is charged with, in a few words.
namespace joust::report::words {

/// "rows lost"
std::string_view charge_text(model::Charge charge);
/// "rows lost, rolled back", in the order of the enumeration; "" where there is none.
std::string charges_text(model::Charges charges);
/// What had to be found; `exactly`: numbers or names were expected, too.
std::string expected_text(model::Charges named, bool exactly);

}  // namespace joust::report::words
