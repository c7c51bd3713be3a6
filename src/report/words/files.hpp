#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/observed_files.hpp"
#include "report/words/prose.hpp"

// What requests did to files, in words.
namespace joust::report::words {

Prose about_files();
/// In place of words on rows, of a workload that declares files and nothing else.
Prose files_alone_declared();
/// Files of which that was seen, for each request that was answered in the slices: "5.0".
std::string files_per_request(const model::ObservedFiles& files, model::FileDeed deed);
/// "wrote 4.0 files per request, contract 5", and of how many requests that was seen.
std::string files_missed(const model::ObservedFiles& files, const std::vector<model::FileDeed>& missed);
/// Why files of an entrant's trial were not counted, or prove less; empty where all is known.
std::optional<std::string> files_left(const std::string& entrant, const model::ObservedFiles& files);

}  // namespace joust::report::words
