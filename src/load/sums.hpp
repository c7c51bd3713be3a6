#pragma once

#include <cstdint>
#include <vector>

#include "model/samples.hpp"

// Sums of what is counted in parts: by threads, or by laps.
namespace joust::load {

void add(model::RequestCounts& to, const model::RequestCounts& from);
void add(model::ConnectionCounts& to, const model::ConnectionCounts& from);
void add(model::RequestErrors& to, const model::RequestErrors& from);
void add(model::Shortages& to, const model::Shortages& from);
void add(model::StatusCounts& to, const model::StatusCounts& from);
void add(model::GeneratorConduct::Half& to, const model::GeneratorConduct::Half& from);
/// Adds what a part of the same target counted by address; a part may have no addresses yet.
void add(std::vector<model::ServedAddress>& to, const std::vector<model::ServedAddress>& from);
/// Adds what a part of the same mix counted by operation; a part may have none yet.
void add(std::vector<model::OperationSamples>& to, const std::vector<model::OperationSamples>& from);
/// Keeps the example, unless `most` of its kind are kept.
void add_example(std::vector<model::RequestErrorExample>& to, model::RequestErrorExample example,
                 std::size_t most);

}  // namespace joust::load
