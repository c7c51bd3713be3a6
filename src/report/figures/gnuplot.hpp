#pragma once

#include <string>

#include "report/figures/figure.hpp"
#include "report/figures/pictures.hpp"  // who draws with gnuplot wants both

namespace joust::report {

/// The figure as gnuplot reads it; run in the folder of both files, the script writes ../NAME.png. Names and
/// titles may hold anything: they cannot leave the script's strings.
struct GnuplotFiles {
    std::string script;
    std::string data;
};
GnuplotFiles gnuplot_files(const Figure& figure);

}  // namespace joust::report
