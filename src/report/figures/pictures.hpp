#pragma once

#include <vector>

#include "base/directory.hpp"
#include "base/error.hpp"
#include "report/figures/figure.hpp"

namespace joust::report {

/// Whether write_pictures() will find a gnuplot that draws PNG, to be asked before anything is measured:
/// `bad_input`, with what to install.
Status pictures_possible();

/// Writes figures/NAME.gp and figures/NAME.dat below the run directory, and NAME.png beside the report.
/// gnuplot works on copies in a folder of its own, as root by user nobody, within limits of time, memory and
/// file size. `unsupported` where gnuplot is not installed.
Status write_pictures(const Directory& run, const std::vector<Figure>& figures);

}  // namespace joust::report
