#include "database/postgres_reset.hpp"

namespace joust::database {

Status roll_back_prepared(Connection& session) {
    JOUST_TRY(const Rows left, session.query("SELECT quote_literal(gid) FROM pg_prepared_xacts WHERE "
                                             "database = current_database()"));
    for (const auto& row : left)  // but for one that a session ends just now
        static_cast<void>(session.query("ROLLBACK PREPARED " + row[0].value_or("")));
    return {};
}

Status empty_tables(Connection& session, const std::string& tables) {
    JOUST_CHECK(session.query("BEGIN"));
    JOUST_CHECK(session.query(fmt::format("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", tables)));
    JOUST_TRY(const Rows triggers,
              session.query("SELECT tgrelid::regclass::text, quote_ident(tgname), CASE tgenabled WHEN 'A' "
                            "THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' "
                            "ELSE 'ENABLE' END FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' "
                            "AND tgtype & 32 <> 0"));  // TRIGGER_TYPE_TRUNCATE of catalog/pg_trigger.h
    const auto alter = [&](const Rows::value_type& trigger, const std::string& how) {
        return session.query(fmt::format("ALTER TABLE {} {} TRIGGER {}", trigger[0].value_or(""), how,
                                         trigger[1].value_or("")));
    };
    for (const auto& trigger : triggers)
        JOUST_CHECK(alter(trigger, "DISABLE"));
    JOUST_CHECK(session.query(fmt::format("TRUNCATE {} RESTART IDENTITY", tables)));
    for (const auto& trigger : triggers)
        JOUST_CHECK(alter(trigger, trigger[2].value_or("")));
    JOUST_CHECK(session.query("COMMIT"));
    return {};
}

}  // namespace joust::database
