#include <algorithm>

#include "router/admin/operation_rows.hpp"

namespace heddle::admin {

std::span<const Operation> operations() {
    static const std::vector<Operation> all = [] {
        std::vector<Operation> made;
        rows::add_realms(made);
        rows::add_users(made);
        rows::add_live(made);
        rows::add_router(made);
        return made;
    }();
    return all;
}

const Operation* find(std::string_view noun, std::string_view verb) {
    const auto all = operations();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Operation& o) { return o.noun == noun && o.verb == verb; });
    return found == all.end() ? nullptr : &*found;
}

const Operation* find(std::string_view procedure) {
    constexpr std::string_view prefix = "heddle.";
    if (!procedure.starts_with(prefix)) return nullptr;
    procedure.remove_prefix(prefix.size());
    const std::size_t dot = procedure.find('.');
    return dot == procedure.npos ? nullptr : find(procedure.substr(0, dot), procedure.substr(dot + 1));
}

std::span<const Field> page_fields() {
    static constexpr Field fields[] = {
        {.name = "limit", .type = Field::Type::integer, .in = Field::In::query,
         .doc = "items in one answer, 1 to 1000", .default_value = "100"},
        {.name = "after", .in = Field::In::query, .doc = "the answer before this one said it as \"next\""},
        {.name = "count", .type = Field::Type::flag, .in = Field::In::query,
         .doc = "tell in \"total\" how many there are; may take long", .default_value = "false"},
    };
    return fields;
}

const Field& revision_field() {
    static constexpr Field field{.name = "revision",
                                 .doc = "of the object that was read before: an edit in between is then an error; "
                                        "\"*\" overwrites whatever is there, \"new\" only creates"};
    return field;
}

}  // namespace heddle::admin
