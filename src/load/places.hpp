#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace joust::load {

/// The values of one thread by number, made in groups as they are first used, at addresses that do not
/// change.
template <typename T>
class Places {
public:
    explicit Places(std::size_t most) : most_(most) { groups_.reserve((most + k_group - 1) / k_group); }
    const T& operator[](std::uint32_t id) const { return groups_[id / k_group][id % k_group]; }
    T& operator[](std::uint32_t id) { return groups_[id / k_group][id % k_group]; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool full() const { return size_ == most_; }
    /// The number of one more value; not when full().
    std::uint32_t add() {
        if (size_ % k_group == 0) groups_.push_back(std::make_unique<T[]>(k_group));
        return static_cast<std::uint32_t>(size_++);
    }
    /// The value with this number, made where it was not there yet.
    T& at(std::uint32_t id) {
        if (id >= size_) [[unlikely]]
            add_up_to(id);
        return (*this)[id];
    }

private:
    [[gnu::noinline]] void add_up_to(std::uint32_t id) {
        while (size_ <= id)
            add();
    }

    static constexpr std::size_t k_group = 64;
    std::size_t most_;
    std::size_t size_ = 0;
    std::vector<std::unique_ptr<T[]>> groups_;
};

}  // namespace joust::load
