#include "files/workload_toml.hpp"

#include <algorithm>

#include "base/secrets.hpp"
#include "files/toml_reader.hpp"
#include "files/toml_writer.hpp"
#include "model/name_rules.hpp"

namespace joust::files {

using namespace model;
namespace {

constexpr std::size_t k_most_operations = 100;  // each has a histogram in every trial
constexpr std::int64_t k_most = 1'000'000;      // per request; more is a typing error

EffectsContract read_effects(TomlReader table) {
    EffectsContract effects;
    TomlReader rows = table.table("rows");
    for (const std::string& name : rows.keys()) {
        TomlReader row = rows.table(name);
        effects.rows[name] = {row.integer_or("inserted", 0, 0, k_most),
                              row.integer_or("updated", 0, 0, k_most),
                              row.integer_or("deleted", 0, 0, k_most)};
        row.done();
    }
    effects.transactions = table.integer_or("transactions", 0, 0, k_most);
    TomlReader files = table.table("files");
    effects.files = {files.integer_or("created", 0, 0, k_most), files.integer_or("written", 0, 0, k_most),
                     files.integer_or("read", 0, 0, k_most), files.integer_or("removed", 0, 0, k_most)};
    files.done();
    effects.rows_left = table.integer_or("rows_left", 0, 0, k_most);
    const bool has_values = table.has("values_left");
    TomlReader values = table.table("values_left");
    effects.values_left = values.scalars();
    values.done();
    if (has_values && (effects.rows_left == 0 || effects.rows.size() != 1))
        table.complain("values_left",
                       "values are held against the rows that a request leaves in one table; write rows_left "
                       "= N, above 0, and one table in [operations.effects.rows]");
    // Both are told by rows that are declared: of none nothing could be held against what was observed.
    const bool some_rows = std::any_of(effects.rows.begin(), effects.rows.end(),
                                       [](const auto& row) { return row.second != RowEffects{}; });
    if (effects.transactions > 0 && !some_rows)
        table.complain(
            "transactions",
            "transactions are told by the rows that they change, and this operation declares none; "
            "write for example rows.users = { inserted = 1 } in [operations.effects], or take the "
            "line out: what is not declared is not judged");
    if (effects.rows_left > 0 && !some_rows)
        table.complain("rows_left",
                       "rows that are left are looked up in a table, and this operation declares none; write "
                       "for example rows.users = { inserted = 1 } in [operations.effects], or take the line "
                       "out: what is not declared is not judged");
    table.done();
    return effects;
}

Operation read_operation(TomlReader& table) {
    Operation operation;
    operation.name = table.name("name", "name = \"io-intensive\"");
    operation.route = table.name("route", "route = \"io-intensive\", a key of the contenders' [routes]");
    operation.method = table.choice_or("method", "POST", {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"});
    operation.content_type = table.text_or("content_type", "");
    operation.body = table.raw_text_or("body", "");
    operation.weight = table.integer_or("weight", 1, 1, k_most);
    TomlReader response = table.table("response");
    operation.status = static_cast<int>(response.integer_or("status", 200, 200, 999));
    operation.expected_json = response.json("json").value_or("");
    response.done();
    operation.effects = read_effects(table.table("effects"));
    table.done();
    return operation;
}

std::vector<std::string> workload_names(const Path& root) {
    std::vector<std::string> names;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(root, failed))
        if (entry.path().extension() == ".toml" && is_name(entry.path().stem().string()))
            names.push_back(entry.path().stem());
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

namespace {

std::optional<Workload> read_file(const TomlFile& file, const std::string& name, Diagnostics& diagnostics) {
    const std::size_t before = diagnostics.total();
    TomlReader reader(file, diagnostics);
    reader.integer_or("schema", 1, 1, 1);
    Workload workload;
    workload.name = reader.name("name", fmt::format("name = \"{}\"", name));
    workload.title = reader.text_or("title", name);
    workload.description = reader.raw_text_or("description", "");
    for (TomlReader& table : reader.tables("operations"))
        workload.operations.push_back(read_operation(table));
    if (workload.operations.size() > k_most_operations)
        reader.complain("operations", fmt::format("there are {} [[operations]]; write at most {}",
                                                  workload.operations.size(), k_most_operations));
    if (workload.operations.empty())
        reader.complain("operations", "there is no [[operations]]; write at least one request to send");
    reader.done();
    if (diagnostics.total() != before) return std::nullopt;
    return workload;
}

toml::table effects_table(const EffectsContract& effects) {
    toml::table rows;
    for (const auto& [name, row] : effects.rows)
        rows.insert(name,
                    on_one_line(toml::table{
                        {"inserted", row.inserted}, {"updated", row.updated}, {"deleted", row.deleted}}));
    toml::table written{{"rows", std::move(rows)},
                        {"transactions", effects.transactions},
                        {"files", on_one_line(toml::table{{"created", effects.files.created},
                                                          {"written", effects.files.written},
                                                          {"read", effects.files.read},
                                                          {"removed", effects.files.removed}})},
                        {"rows_left", effects.rows_left}};
    toml::table values;
    for (const auto& [column, value] : effects.values_left)
        values.insert(column, value);
    if (!values.empty()) written.insert("values_left", std::move(values));
    return written;
}

toml::table operation_table(const Operation& operation) {
    toml::table response{{"status", operation.status}};
    if (!operation.expected_json.empty()) insert_json(response, "json", operation.expected_json);
    return toml::table{{"name", operation.name},          {"route", operation.route},
                       {"method", operation.method},      {"content_type", operation.content_type},
                       {"body", masked(operation.body)},  {"weight", operation.weight},
                       {"response", std::move(response)}, {"effects", effects_table(operation.effects)}};
}

}  // namespace

std::optional<Workload> read_workload(const Path& root, const std::string& name, Diagnostics& diagnostics) {
    std::error_code failed;
    if (!is_name(name) || !std::filesystem::exists(root / (name + ".toml"), failed)) {
        diagnostics.add({root.string(), 0, 0, unknown_name("workload", name, workload_names(root))});
        return std::nullopt;
    }
    const auto file = TomlFile::load(root / (name + ".toml"), diagnostics);
    return file ? read_file(*file, name, diagnostics) : std::nullopt;
}

std::optional<Workload> parse_workload(std::string_view text, std::string file, Diagnostics& diagnostics) {
    const auto parsed = TomlFile::parse(text, std::move(file), diagnostics);
    return parsed ? read_file(*parsed, "workload", diagnostics) : std::nullopt;
}

std::string to_toml(const Workload& workload) {
    toml::array operations;
    for (const Operation& operation : workload.operations)
        operations.push_back(operation_table(operation));
    return toml_document(toml::table{{"schema", 1},
                                     {"name", workload.name},
                                     {"title", workload.title},
                                     {"description", workload.description},
                                     {"operations", std::move(operations)}});
}

}  // namespace joust::files
