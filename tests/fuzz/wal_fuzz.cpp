#include <cstdint>
#include <cstdlib>
#include <string>

#include "database/wal_text.hpp"

// One line of pg_waldump. What is understood has what its kind needs, and nothing of it lies outside of the
// line.
namespace {

using joust::database::WalAct;

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string line(reinterpret_cast<const char*>(data), size);
    const auto parsed = joust::database::parse_wal_line(line);
    if (!parsed) {
        require(parsed.error().kind == joust::ErrorKind::unsupported && line.starts_with("rmgr: "));
        return 0;
    }
    if (!*parsed) return 0;
    const joust::database::WalRecord& record = **parsed;
    const bool change = record.act == WalAct::inserted || record.act == WalAct::updated ||
                        record.act == WalAct::deleted || record.act == WalAct::withdrawn;
    require(change == (record.rows > 0) && change == !record.relation.empty());
    require(record.act == WalAct::inserted || record.rows <= 1);
    if (change)
        require(record.relation.data() >= line.data() &&
                record.relation.data() + record.relation.size() <= line.data() + line.size());
    if (change || record.act == WalAct::prepared) require(record.subtransactions.empty());
    return 0;
}
