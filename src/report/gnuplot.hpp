#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "report/figure.hpp"

namespace joust::report {

/// The figure as gnuplot reads it; run in the folder of both files, the script writes ../NAME.png.
struct GnuplotFiles {
    std::string script;
    std::string data;
};
GnuplotFiles gnuplot_files(const Figure& figure);

/// Whether write_pictures() will find a gnuplot that draws PNG, to be asked before anything is measured:
/// `bad_input`, with what to install.
Status pictures_possible();

/// Writes figures/NAME.gp and figures/NAME.dat below the run directory and runs gnuplot on them: NAME.png
/// beside the report. `unsupported` where gnuplot is not installed.
Status write_pictures(const Path& run_dir, const std::vector<Figure>& figures);

}  // namespace joust::report
