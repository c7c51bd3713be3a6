#pragma once

#include <memory>

namespace joust::http {

/// The memory in which JSON is parsed, for one thread. It grows with the longest body and is kept, so that a
/// body like earlier ones allocates nothing.
class JsonParser {
public:
    JsonParser();
    ~JsonParser();
    JsonParser(JsonParser&& other) noexcept;
    JsonParser& operator=(JsonParser&& other) noexcept;

    struct State;  ///< json_state.hpp, for those that read what was parsed
    [[nodiscard]] State& state() { return *state_; }

private:
    std::unique_ptr<State> state_;
};

}  // namespace joust::http
