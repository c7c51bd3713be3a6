#include "files/toml_reader.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "files/toml_bounds.hpp"
#include "files/toml_text.hpp"
#include "model/name_rules.hpp"

namespace joust::files {

using namespace model;

struct TomlFile::Content {
    std::string name;
    toml::table table;
};

namespace {

struct Layer {
    const std::string* file;
    const toml::table* table;
};

struct Found {
    const Layer* layer;
    const toml::node* node;
};

bool has_no_nul(std::string_view text) {
    return text.find('\0') == std::string_view::npos;
}

}  // namespace

std::optional<TomlFile> TomlFile::parse(std::string_view text, std::string name, Diagnostics& diagnostics) {
    if (const auto excess = toml_excess(text)) {
        diagnostics.add({std::move(name), excess->line, excess->column, excess->message});
        return std::nullopt;
    }
    toml::parse_result parsed = toml::parse(text, name);
    if (!parsed) {
        const auto& place = parsed.error().source().begin;
        diagnostics.add({name, place.line, place.column,
                         fmt::format("not valid TOML: {}", std::string(parsed.error().description()))});
        return std::nullopt;
    }
    return TomlFile(std::make_unique<Content>(Content{std::move(name), std::move(parsed).table()}));
}

std::optional<TomlFile> TomlFile::load(const Path& path, Diagnostics& diagnostics) {
    const auto text = read_regular_file(path, k_most_toml_bytes);
    if (!text) {
        diagnostics.add({path.string(), 1, 1, text.error().message});
        return std::nullopt;
    }
    return parse(*text, path.string(), diagnostics);
}

TomlFile::TomlFile(std::unique_ptr<Content> content) : content_(std::move(content)) {}
TomlFile::TomlFile(TomlFile&&) noexcept = default;
TomlFile& TomlFile::operator=(TomlFile&&) noexcept = default;
TomlFile::~TomlFile() = default;

struct TomlReader::State {
    std::vector<Layer> layers;
    std::string prefix;  // "load." inside the table load
    Diagnostics* diagnostics;
    std::set<std::string, std::less<>> known;

    const toml::node* in_layer(const Layer& layer, std::string_view key) const {
        return layer.table->get(key);
    }

    std::optional<Found> find(std::string_view key) {
        known.emplace(key);
        for (const Layer& layer : layers)
            if (const toml::node* node = in_layer(layer, key)) return Found{&layer, node};
        return std::nullopt;
    }

    void complain(const Layer& layer, const toml::node& node, std::string message) const {
        const auto& place = node.source().begin;
        diagnostics->add(
            {*layer.file, std::max(place.line, 1U), std::max(place.column, 1U), std::move(message)});
    }

    void missing(std::string_view key, std::string_view example) const {
        const Layer& last = layers.back();
        complain(last, *last.table,
                 fmt::format("{}{} is missing; write for example {}", prefix, key, example));
    }

    void wrong_type(const Found& found, std::string_view key, std::string_view wanted) const {
        complain(*found.layer, *found.node,
                 fmt::format("{}{} is {}; write {}", prefix, key, type_and_value(*found.node), wanted));
    }

    // Complains where it is missing or empty.
    std::string required_text(std::string_view key, std::string_view example) {
        const auto found = find(key);
        if (!found) {
            missing(key, example);
            return {};
        }
        std::string value = parsed_text(key, "a string in quotes").value_or("");
        if (value.empty() && found->node->is_string())
            complain(*found->layer, *found->node,
                     fmt::format("{}{} is empty; write for example {}", prefix, key, example));
        return value;
    }

    bool printable_or_complained(std::string_view key, const std::string& value) {
        if (is_printable(value)) return true;
        if (const auto found = find(key))
            complain(*found->layer, *found->node,
                     fmt::format("{}{} is \"{}\", which has characters that cannot be printed (line breaks, "
                                 "controls, changes of direction); remove them",
                                 prefix, key, printable(value)));
        return false;
    }

    std::optional<std::string> parsed_text(std::string_view key, std::string_view wanted) {
        const auto found = find(key);
        if (!found) return std::nullopt;
        if (const auto text = found->node->value_exact<std::string>()) return text;
        wrong_type(*found, key, wanted);
        return std::nullopt;
    }
};

TomlReader::TomlReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
TomlReader::TomlReader(TomlReader&&) noexcept = default;
TomlReader::~TomlReader() = default;

TomlReader::TomlReader(const TomlFile& file, Diagnostics& diagnostics)
    : TomlReader(std::vector<const TomlFile*>{&file}, diagnostics) {}

TomlReader::TomlReader(const std::vector<const TomlFile*>& files, Diagnostics& diagnostics)
    : state_(std::make_unique<State>()) {
    state_->diagnostics = &diagnostics;
    for (const TomlFile* file : files)
        state_->layers.push_back({&file->content().name, &file->content().table});
}

TomlReader::TomlReader(const TomlFile* overrides, const TomlFile& file, std::string_view profile,
                       Diagnostics& diagnostics)
    : state_(std::make_unique<State>()) {
    state_->diagnostics = &diagnostics;
    if (overrides != nullptr)
        state_->layers.push_back({&overrides->content().name, &overrides->content().table});
    const TomlFile::Content& content = file.content();
    if (const auto* chosen = content.table["profiles"][profile].as_table())
        state_->layers.push_back({&content.name, chosen});
    state_->layers.push_back({&content.name, &content.table});
}

std::string TomlReader::text(std::string_view key, std::string_view example) {
    std::string value = state_->required_text(key, example);
    return state_->printable_or_complained(key, value) ? value : std::string();
}

std::string TomlReader::name(std::string_view key, std::string_view example) {
    std::string value = state_->required_text(key, example);
    if (value.empty() || is_name(value)) return value;
    complain(key, fmt::format("{}{} {}", state_->prefix, key, not_a_name(value)));
    return {};
}

std::vector<std::string> TomlReader::names(std::string_view key, std::string_view example) {
    std::vector<std::string> values = texts(key, example);
    for (const std::string& value : values)
        if (!is_name(value))
            complain(key, fmt::format("{}{} has a name that {}", state_->prefix, key, not_a_name(value)));
    std::erase_if(values, [](const std::string& value) { return !is_name(value); });
    return values;
}

std::vector<std::string> TomlReader::texts(std::string_view key, std::string_view example) {
    if (!has(key)) {
        state_->find(key);
        state_->missing(key, example);
        return {};
    }
    std::vector<std::string> values = texts_or(key, {});
    if (values.empty() && state_->find(key)->node->is_array())
        complain(key, fmt::format("{}{} is empty; write for example {}", state_->prefix, key, example));
    return values;
}

std::string TomlReader::text_or(std::string_view key, std::string fallback) {
    std::string value = raw_text_or(key, fallback);
    return state_->printable_or_complained(key, value) ? value : std::move(fallback);
}

std::string TomlReader::name_or(std::string_view key, std::string fallback) {
    std::string value = raw_text_or(key, fallback);
    if (value == fallback || is_name(value)) return value;
    complain(key, fmt::format("{}{} {}", state_->prefix, key, not_a_name(value)));
    return fallback;
}

std::string TomlReader::raw_text_or(std::string_view key, std::string fallback) {
    return state_->parsed_text(key, "a string in quotes").value_or(std::move(fallback));
}

std::vector<std::string> TomlReader::texts_or(std::string_view key, std::vector<std::string> fallback) {
    const auto found = state_->find(key);
    if (!found) return fallback;
    const auto* array = found->node->as_array();
    if (array == nullptr) {
        state_->wrong_type(*found, key, "a list of strings, for example [\"a\", \"b\"]");
        return fallback;
    }
    std::vector<std::string> values;
    for (const toml::node& item : *array) {
        if (const auto text = item.value_exact<std::string>(); text && has_no_nul(*text)) {
            values.push_back(*text);
        } else {
            state_->wrong_type({found->layer, &item}, key, "only strings in this list, without NUL");
        }
    }
    return values;
}

bool TomlReader::flag_or(std::string_view key, bool fallback) {
    const auto found = state_->find(key);
    if (!found) return fallback;
    if (const auto flag = found->node->value_exact<bool>()) return *flag;
    state_->wrong_type(*found, key, "true or false");
    return fallback;
}

std::int64_t TomlReader::integer_or(std::string_view key, std::int64_t fallback, std::int64_t low,
                                    std::int64_t high) {
    const auto found = state_->find(key);
    if (!found) return fallback;
    const auto value = found->node->value_exact<std::int64_t>();
    if (value && *value >= low && *value <= high) return *value;
    state_->wrong_type(*found, key, fmt::format("a whole number from {} to {}", low, high));
    return fallback;
}

double TomlReader::number_or(std::string_view key, double fallback, double low, double high) {
    const auto found = state_->find(key);
    if (!found) return fallback;
    const auto value = found->node->is_number() ? found->node->value<double>() : std::nullopt;
    if (value && *value >= low && *value <= high) return *value;
    state_->wrong_type(*found, key, fmt::format("a number from {} to {}", low, high));
    return fallback;
}

Nanoseconds TomlReader::duration_or(std::string_view key, Nanoseconds fallback, Nanoseconds low,
                                    Nanoseconds high) {
    const auto text = state_->parsed_text(key, "a duration in quotes, for example \"30s\"");
    if (!text) return fallback;
    const auto value = parse_duration(*text);
    if (value && *value >= low && *value <= high) return *value;
    complain(key, value ? fmt::format("{}{} is {}; write a duration from {} to {}", state_->prefix, key,
                                      *text, to_text(low), to_text(high))
                        : fmt::format("{}{}: {}", state_->prefix, key, value.error().message));
    return fallback;
}

Bytes TomlReader::bytes_or(std::string_view key, Bytes fallback, Bytes low) {
    const auto text = state_->parsed_text(key, "an amount of memory in quotes, for example \"2GiB\"");
    if (!text) return fallback;
    const auto value = parse_bytes(*text);
    if (value && *value >= low) return *value;
    complain(key, value
                      ? fmt::format("{}{} is {}; write at least {}", state_->prefix, key, *text, to_text(low))
                      : fmt::format("{}{}: {}", state_->prefix, key, value.error().message));
    return fallback;
}

std::string TomlReader::choice_or(std::string_view key, std::string_view fallback,
                                  const std::vector<std::string>& choices) {
    const std::string list = fmt::format("\"{}\"", joined(choices, "\" or \""));
    const auto text = state_->parsed_text(key, list);
    if (!text) return std::string(fallback);
    if (std::find(choices.begin(), choices.end(), *text) != choices.end()) return *text;
    complain(key, fmt::format("{}{} is \"{}\"; write {}", state_->prefix, key, *text, list));
    return std::string(fallback);
}

std::vector<std::int64_t> TomlReader::integers_or(std::string_view key, std::vector<std::int64_t> fallback,
                                                  std::int64_t low, std::int64_t high) {
    const auto found = state_->find(key);
    if (!found) return fallback;
    const std::string wanted = fmt::format(
        "rising whole numbers from {} to {}, for example [4, 50, 200] or {{ from = 50, to = 1000, step = 50 "
        "}}",
        low, high);
    const RisingIntegers read = rising_integers(*found->node, low, high);
    if (read.problem.empty()) return read.values;
    state_->complain(*found->layer, *read.culprit,
                     fmt::format("{}{} {}; write {}", state_->prefix, key, read.problem, wanted));
    return fallback;
}

std::map<std::string, std::string> TomlReader::scalars() {
    return all_scalars(is_printable, "a string of printable characters, a number, true or false");
}

std::map<std::string, std::string> TomlReader::variables() {
    return all_scalars(has_no_nul, "a string without NUL, a number, true or false");
}

std::map<std::string, std::string> TomlReader::all_scalars(bool (*allowed)(std::string_view),
                                                           std::string_view wanted) {
    std::map<std::string, std::string> values;
    for (const Layer& layer : state_->layers) {
        for (const auto& [key, node] : *layer.table) {
            const std::string name(key.str());
            state_->known.insert(name);
            if (values.contains(name)) continue;
            const auto text = node.value_exact<std::string>();
            std::string value = text ? *text : rendered(node);
            if ((text || !value.empty()) && is_printable(name) && allowed(value)) {
                values[name] = std::move(value);
            } else {
                state_->wrong_type({&layer, &node}, name, wanted);
            }
        }
    }
    return values;
}

std::optional<std::string> TomlReader::json(std::string_view key) {
    const auto found = state_->find(key);
    if (!found) return std::nullopt;
    if (const toml::node* none = without_json(*found->node)) {
        state_->wrong_type({found->layer, none}, key, "what JSON has, too; a date as a text in quotes");
        return std::nullopt;
    }
    return json_text(*found->node);
}

bool TomlReader::has(std::string_view key) const {
    return std::any_of(state_->layers.begin(), state_->layers.end(),
                       [&](const Layer& layer) { return layer.table->contains(key); });
}

std::vector<std::string> TomlReader::keys() const {
    std::set<std::string> all;
    for (const Layer& layer : state_->layers)
        for (const auto& [key, node] : *layer.table)
            all.emplace(key.str());
    return {all.begin(), all.end()};
}

TomlReader TomlReader::table(std::string_view key) {
    state_->known.emplace(key);
    auto inner = std::make_unique<State>();
    inner->diagnostics = state_->diagnostics;
    inner->prefix = fmt::format("{}{}.", state_->prefix, key);
    for (const Layer& layer : state_->layers) {
        const toml::node* node = layer.table->get(key);
        if (node == nullptr) continue;
        if (const auto* found = node->as_table()) {
            inner->layers.push_back({layer.file, found});
        } else {
            state_->wrong_type({&layer, node}, key, fmt::format("a table, [{}{}]", state_->prefix, key));
        }
    }
    static const toml::table k_empty;
    if (inner->layers.empty()) {
        inner->layers.push_back({state_->layers.back().file, &k_empty});
    }
    return TomlReader(std::move(inner));
}

std::vector<TomlReader> TomlReader::tables(std::string_view key) {
    std::vector<TomlReader> readers;
    const auto found = state_->find(key);
    if (!found) return readers;
    const auto* array = found->node->as_array();
    if (array == nullptr) {
        state_->wrong_type(*found, key, fmt::format("tables headed [[{}{}]]", state_->prefix, key));
        return readers;
    }
    for (const toml::node& item : *array) {
        const auto* inner_table = item.as_table();
        if (inner_table == nullptr) {
            state_->wrong_type({found->layer, &item}, key, "only tables in this list");
            continue;
        }
        auto inner = std::make_unique<State>();
        inner->diagnostics = state_->diagnostics;
        inner->prefix = fmt::format("{}{}.", state_->prefix, key);
        inner->layers.push_back({found->layer->file, inner_table});
        readers.push_back(TomlReader(std::move(inner)));
    }
    return readers;
}

std::string TomlReader::place(std::string_view key) const {
    for (const Layer& layer : state_->layers)
        if (const toml::node* node = layer.table->get(key))
            return fmt::format("{}:{}", *layer.file, node->source().begin.line);
    return fmt::format("{}:{}", *state_->layers.back().file,
                       state_->layers.back().table->source().begin.line);
}

void TomlReader::ignore(std::string_view key) {
    state_->known.emplace(key);
}

void TomlReader::complain(std::string_view key, std::string message) {
    if (const auto found = state_->find(key)) {
        state_->complain(*found->layer, *found->node, std::move(message));
    } else {
        state_->complain(state_->layers.back(), *state_->layers.back().table, std::move(message));
    }
}

void TomlReader::done() {
    const std::vector<std::string> known(state_->known.begin(), state_->known.end());
    for (const Layer& layer : state_->layers) {
        for (const auto& [key, node] : *layer.table) {
            const std::string name(key.str());
            if (state_->known.contains(name)) continue;
            const std::string near = nearest(name, known);
            const auto& place = key.source().begin;
            state_->diagnostics->add({*layer.file, place.line, place.column,
                                      near.empty() ? fmt::format("unknown key {}{}; known here: {}",
                                                                 state_->prefix, name, joined(known, ", "))
                                                   : fmt::format("unknown key {}{}; did you mean {}?",
                                                                 state_->prefix, name, near)});
        }
    }
}

}  // namespace joust::files
