#include "deploy/facts.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "deploy/debug_line.hpp"
#include "deploy/digest.hpp"
#include "deploy/lock_versions.hpp"

namespace joust::deploy {
namespace {

namespace fs = std::filesystem;

// requirements.lock, else the first of the folder's other lock files by name.
std::optional<Path> lock_file_in(const Path& directory) {
    Path usual = directory / "requirements.lock";
    std::error_code failed;
    if (fs::exists(usual, failed)) return usual;
    std::vector<Path> others;
    for (const auto& entry : fs::directory_iterator(directory, failed)) {
        const std::string name = entry.path().filename();
        if (name.ends_with(".lock") || name.ends_with(".sum") || name.ends_with("-lock.json"))
            others.push_back(entry.path());
    }
    if (others.empty()) return std::nullopt;
    return *std::min_element(others.begin(), others.end());
}

// pyvenv.cfg of the virtual environment; not there for contenders that have none.
Result<std::string> read_config(const model::Contender& contender, const Staged& staged,
                                runtime::Runtime& runtime) {
    const Path file = staged.venv / "pyvenv.cfg";
    if (staged.image.empty()) return read_file(file);
    JOUST_TRY(
        host::ProcessSpec cat,
        runtime.errand({.command = {"/bin/cat", file.string()}, .directory = "/", .image = staged.image},
                       "facts-" + contender.name));
    return host::run_program(std::move(cat), std::chrono::minutes(1));
}

}  // namespace

Result<model::ContenderFacts> read_facts(const model::Contender& contender, const Staged& staged,
                                         runtime::Runtime& runtime) {
    model::ContenderFacts facts;
    facts.name = contender.name;
    facts.title = contender.title;
    facts.stack = contender.stack;
    facts.sqlite_stack = contender.sqlite_stack;
    JOUST_TRY(facts.source_sha256, source_digest(contender));
    if (const auto lock = lock_file_in(staged.source)) {
        JOUST_TRY(const std::string content, read_file(*lock));
        facts.lock_sha256 = sha256(content);
        facts.versions = pinned_versions(content);
    }
    facts.debug = debug_line(staged.source);
    facts.runtime = runtime.kind();
    facts.image = staged.image;
    if (const auto config = read_config(contender, staged, runtime))
        if (std::string version = python_version(*config); !version.empty())
            facts.versions["python"] = std::move(version);
    for (const std::string& word : contender.start.argv)
        facts.command.push_back(filled(word, {{"venv", staged.venv.string()}}));
    facts.environment = contender.start.environment;
    return facts;
}

}  // namespace joust::deploy
