#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/secrets.hpp"
#include "base/text.hpp"
#include "files/benchmark_toml.hpp"
#include "files/diagnostics.hpp"
#include "files/workload_toml.hpp"
#include "model/benchmark.hpp"
#include "model/name_rules.hpp"

// A stranger's benchmark or workload file: it is refused with a place, or its names lead to no other folder,
// its texts can be shown, and what is written of it is read again. The same bytes through the functions that
// make text harmless.
namespace {

using namespace joust;

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const model::Benchmark& benchmark) {
    require(model::is_name(benchmark.name) && model::is_name(benchmark.workload));
    require(is_printable(benchmark.title) && !benchmark.entrants.empty());
    for (const model::Entrant& entrant : benchmark.entrants)
        require(model::is_name(entrant.label) && model::is_name(entrant.contender));
    for (const auto& [key, value] : benchmark.database.settings)
        require(is_printable(key) && is_printable(value));
    files::Diagnostics diagnostics;
    require(files::parse_benchmark(files::to_toml(benchmark), "again", diagnostics).has_value());
}

void check(const model::Workload& workload) {
    require(model::is_name(workload.name) && !workload.operations.empty());
    files::Diagnostics diagnostics;
    require(files::parse_workload(files::to_toml(workload), "again", diagnostics).has_value());
}

void check_text(const std::string& text) {
    require(is_printable(printable(text)) && is_printable(storable(text)));
    require(printable(printable(text)) == printable(text) && is_printable(text) == (printable(text) == text));
    require(is_printable(shell_word(text)) && !shell_word(text).empty());
    require(is_utf8(masked(text)) || !is_utf8(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(reinterpret_cast<const char*>(data), size);
    check_text(input);
    files::Diagnostics diagnostics;
    if (const auto benchmark = files::parse_benchmark(input, "b.toml", diagnostics)) {
        require(diagnostics.empty());
        check(*benchmark);
    } else {
        require(!diagnostics.empty() && diagnostics.error().message.starts_with("b.toml:"));
    }
    files::Diagnostics of_workload;
    if (const auto workload = files::parse_workload(input, "w.toml", of_workload)) {
        require(of_workload.empty());
        check(*workload);
    }
    return 0;
}
