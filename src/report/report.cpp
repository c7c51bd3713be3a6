#include "report/report.hpp"

#include "report/figures/figure.hpp"
#include "report/figures/pictures.hpp"
#include "report/markdown.hpp"
#include "report/results_json.hpp"

namespace joust::report {

namespace {

Status write_into(const Directory& directory, const RunReport& run) {
    const std::vector<Figure> drawn = figures(run.benchmark, run.environment, run.comparison);
    JOUST_CHECK(directory.write(k_results_file, results_json(run)));
    JOUST_CHECK(directory.write(k_markdown_file, markdown(run, drawn)));
    return write_pictures(directory, drawn);
}

}  // namespace

Status write_report(const RunReport& run) {
    if (run.opened != nullptr) return write_into(*run.opened, run);
    JOUST_TRY(const Directory directory, Directory::open(run.directory));
    return write_into(directory, run);
}

}  // namespace joust::report
