#include "files/contender_toml.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "files/toml_reader.hpp"
#include "model/name_rules.hpp"

namespace joust::files {

using namespace model;
namespace {

using namespace std::chrono_literals;

// Keys that the table, called `name`, has over those of `base`.
Stack read_stack(TomlReader& table, std::string_view name, const Stack& base) {
    const auto number = [&](std::string_view key, int fallback, std::int64_t most) {
        return static_cast<int>(table.integer_or(key, fallback, 1, most));
    };
    Stack stack;
    stack.language = table.text_or("language", base.language);
    stack.framework = table.text_or("framework", base.framework);
    stack.server = table.text_or("server", base.server);
    stack.orm = table.text_or("orm", base.orm);
    stack.driver = table.text_or("driver", base.driver);
    stack.concurrency = table.text_or("concurrency", base.concurrency);
    stack.workers = number("workers", base.workers, 10'000);
    stack.threads = number("threads", base.threads, 10'000);
    stack.db_connections = number("db_connections", base.db_connections, 100'000);
    stack.processes = number("processes", std::max(base.processes, stack.workers), 10'000);
    if (stack.processes < stack.workers)
        table.complain("processes",
                       fmt::format("{0}.processes is {1}, and {0}.workers are {2} of them; write at least "
                                   "processes = {2}, or workers = 1 where one process serves with threads",
                                   name, stack.processes, stack.workers));
    stack.notes = table.table("notes").scalars();
    stack.notes.insert(base.notes.begin(), base.notes.end());
    return stack;
}

// Driver and connections differ by engine: [stack.sqlite] lies over [stack].
void read_stacks(TomlReader table, Contender& contender) {
    contender.stack = read_stack(table, "stack", {});
    if (table.has("sqlite")) {
        TomlReader sqlite = table.table("sqlite");
        contender.sqlite_stack = read_stack(sqlite, "stack.sqlite", contender.stack);
        sqlite.done();
    }
    table.done();
}

Command read_command(TomlReader table, std::string_view example) {
    Command command;
    command.argv = table.texts("command", example);
    command.environment = table.table("environment").variables();
    table.done();
    return command;
}

// The manifest's file and those it extends, nearest first; complains about one that is missing or extends
// itself.
std::vector<TomlFile> manifest_chain(const Path& root, const std::string& name, std::vector<Path>& folders,
                                     Diagnostics& diagnostics) {
    std::vector<TomlFile> chain;
    std::string next = name;
    while (!next.empty()) {
        const Path folder = root / next;
        if (!is_name(next)) {  // a path would lead to a folder elsewhere, whose set-up would be run
            diagnostics.add({root.string(), 0, 0, fmt::format("the contender's name {}", not_a_name(next))});
            break;
        }
        if (std::find(folders.begin(), folders.end(), folder) != folders.end()) {
            diagnostics.add({(folders.back() / "contender.toml").string(), 1, 1,
                             fmt::format("extends = \"{}\" makes a circle; remove it", next)});
            break;
        }
        std::error_code failed;
        if (!std::filesystem::exists(folder / "contender.toml", failed)) {
            const std::string unknown = unknown_name("contender", next, contender_names(root));
            if (chain.empty()) {
                diagnostics.add({root.string(), 0, 0, unknown});
            } else {
                TomlReader(chain.back(), diagnostics).complain("extends", unknown);
            }
            break;
        }
        auto file = TomlFile::load(folder / "contender.toml", diagnostics);
        if (!file) break;
        next = TomlReader(*file, diagnostics).name_or("extends", "");
        folders.push_back(folder);
        chain.push_back(std::move(*file));
    }
    return chain;
}

}  // namespace

std::vector<std::string> contender_names(const Path& root) {
    std::vector<std::string> names;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(root, failed))
        if (const std::string name = entry.path().filename();
            is_name(name) && std::filesystem::exists(entry.path() / "contender.toml", failed))
            names.push_back(name);
    std::sort(names.begin(), names.end());
    return names;
}

std::optional<Contender> read_contender(const Path& root, const std::string& name, Diagnostics& diagnostics) {
    const std::size_t before = diagnostics.total();
    Contender contender;
    const std::vector<TomlFile> chain = manifest_chain(root, name, contender.folders, diagnostics);
    if (chain.empty()) return std::nullopt;
    std::reverse(contender.folders.begin(), contender.folders.end());
    contender.manifest = root / name / "contender.toml";

    std::vector<const TomlFile*> layers;
    for (const TomlFile& file : chain)
        layers.push_back(&file);
    TomlReader reader(layers, diagnostics);
    reader.integer_or("schema", 1, 1, 1);
    reader.ignore("extends");
    contender.name = reader.name("name", fmt::format("name = \"{}\"", name));
    if (!contender.name.empty() && contender.name != name)
        reader.complain("name", fmt::format("name is \"{}\"; write \"{}\", the name of its folder",
                                            contender.name, name));
    contender.title = reader.text_or("title", name);
    read_stacks(reader.table("stack"), contender);
    contender.setup = read_command(reader.table("setup"), "[setup] command = [\"./setup.sh\"]");
    contender.migrate =
        read_command(reader.table("migrate"), "[migrate] command = [\"{venv}/bin/python\", \"migrate.py\"]");
    TomlReader start = reader.table("start");
    contender.healthy_within = start.duration_or("healthy_within", contender.healthy_within, 1s, 1h);
    contender.start =
        read_command(std::move(start), "[start] command = [\"{venv}/bin/uvicorn\", \"app:app\"]");
    TomlReader docker = reader.table("docker");
    contender.dockerfile = docker.text_or("file", contender.dockerfile);
    if (const Path file = contender.dockerfile; contender.dockerfile.empty() || file.is_absolute() ||
                                                std::find(file.begin(), file.end(), "..") != file.end())
        docker.complain("file",
                        fmt::format("docker.file is \"{}\"; write a file of the contender's folder, such "
                                    "as \"Dockerfile\"",
                                    contender.dockerfile));
    docker.done();
    TomlReader routes = reader.table("routes");
    contender.routes = routes.scalars();
    for (const auto& [route, path] : contender.routes) {
        contender.route_places[route] = routes.place(route);
        if (!is_name(route)) routes.complain(route, fmt::format("the route's name {}", not_a_name(route)));
        if (!path.starts_with('/') || path.find(' ') != std::string::npos)
            routes.complain(route,
                            fmt::format("routes.{} is {}; write a path in quotes that starts with / and "
                                        "has no blanks",
                                        route, path));
    }
    if (!contender.routes.contains("health"))
        reader.complain("routes", "routes.health is missing; write for example health = \"/health\"");
    reader.done();
    if (diagnostics.total() != before) return std::nullopt;
    return contender;
}

}  // namespace joust::files
