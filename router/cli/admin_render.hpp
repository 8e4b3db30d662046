#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "router/admin/operation.hpp"

/// Answers of administration for eyes. Pure; whatever comes from a client is made harmless for terminals.
namespace heddle::cli {

/// A value in one cell: texts as they are, lists joined, objects as JSON; null and false are empty.
std::string cell_of(const nlohmann::json& value);

/// A page of a list as a table, the columns that matter first.
std::string render_items(const nlohmann::json& items);
/// An object: a line a member, inner ones by their path, lists of objects as tables below.
std::string render_object(const nlohmann::json& object);
/// "user kim   realm plant   role operator   revision 18", and what was ended.
std::string render_change(const admin::Operation& operation, const nlohmann::json& subject, const nlohmann::json& answer);

/// "2 subscriptions, 1 link (kim, lee)"; empty where nothing ends.
std::string render_ends(const nlohmann::json& ends);
/// "deny  wildcard com.plant.valve..set  [publish]"
std::string render_rule(const nlohmann::json& rule);
std::string render_test(const nlohmann::json& question, const nlohmann::json& answer);
/// What a document would change, or did. `done` false: a dry run.
std::string render_apply(const std::string& realm, const nlohmann::json& answer, bool done);
std::string render_reload(const nlohmann::json& answer, bool dry_run);
/// One entry of the audit log on one line.
std::string render_audit(const nlohmann::json& entry);
std::string render_stats(const nlohmann::json& answer);
/// `heddle top`: realms as rows. `before` is the answer of `seconds` ago, null where there was none.
std::string render_top(const nlohmann::json& now, const nlohmann::json& before, double seconds, std::string_view sort,
                       std::string_view realm);

}  // namespace heddle::cli
