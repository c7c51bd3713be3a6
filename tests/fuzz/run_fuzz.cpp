#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "files/environment_json.hpp"
#include "files/trial_json.hpp"
#include "model/name_rules.hpp"

// A document of a stranger's run directory, taken for a line of trials.jsonl and for environment.json: it is
// refused with a message, or what is read can be shown, becomes part of paths, and is written so that it is
// read again.
namespace {

using namespace joust;

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const model::TrialResult& trial) {
    require(model::is_name(trial.plan.entrant) && is_printable(trial.samples.backend));
    require(trial.plan.index >= 0 && trial.plan.level >= 1 && trial.samples.window >= Nanoseconds{0});
    for (const auto& example : trial.samples.examples)
        require(is_printable(example.detail));
    for (const auto& incident : trial.incidents)
        require(is_printable(incident.text));
    const std::string line = files::trial_line(trial);
    require(is_printable(line) && files::parse_trial_line(line, "trials.jsonl", 1).has_value());
}

void check(const model::Environment& environment) {
    require(files::is_commit(environment.git_commit) && is_printable(environment.database.version));
    for (const auto& contender : environment.contenders)
        require(model::is_name(contender.name) && is_printable(contender.title));
    for (const std::string& word : environment.command_line)
        require(is_printable(shell_word(word)));
    const std::string text = files::environment_json(environment);
    require(files::parse_environment(text, "environment.json").has_value());
}

template <typename T>
void check(const Result<T>& read) {
    if (read) return check(*read);
    require(read.error().kind == ErrorKind::bad_input && !read.error().message.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(reinterpret_cast<const char*>(data), size);
    check(files::parse_trial_line(input, "trials.jsonl", 1));
    check(files::parse_environment(input, "environment.json"));
    return 0;
}
