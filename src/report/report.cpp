#include "report/report.hpp"

#include "report/figure.hpp"
#include "report/gnuplot.hpp"
#include "report/markdown.hpp"
#include "report/results_json.hpp"

namespace joust::report {

Status write_report(const RunReport& run) {
    const std::vector<Figure> drawn = figures(run.benchmark, run.environment, run.comparison);
    JOUST_CHECK(write_atomically(run.directory / k_results_file, results_json(run)));
    JOUST_CHECK(write_atomically(run.directory / k_markdown_file, markdown(run, drawn)));
    return write_pictures(run.directory, drawn);
}

}  // namespace joust::report
