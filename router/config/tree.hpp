#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "router/config/mistakes.hpp"
#include "router/config/schema.hpp"

/// What was said, by whom and where, before anybody asks whether it makes sense: file, environment and flags are merged
/// in this form, then converted in one place (build.hpp).
namespace heddle::config {

struct Origin {
    enum class From { file, environment, flag } from = From::file;
    std::string name;  // of the variable, or the flag's text
};

struct RawValue {
    enum class Type { text, integer, real, boolean, list, other } type = Type::other;
    std::string text;  // of a text; of anything else its spelling for messages
    std::int64_t integer = 0;
    std::vector<RawValue> items;
    bool loose = false;  // from outside the file: text that may stand for a number or a list
    Spot spot;
};

struct Setting {
    const Key* key = nullptr;
    RawValue value;
    Spot spot;  // of the key
    Origin origin;
};

/// A table, or one element of a list of tables.
struct Element {
    const Table* table = nullptr;
    Spot spot;
    std::vector<Setting> settings;
    std::vector<Element> children;

    const Setting* find(std::string_view key) const;
    Setting* find(std::string_view key);
    /// Its "name" key as written; empty where it has none.
    std::string_view name() const;
};

/// "[limits]", "[[realm.role]]", or "the file" for the root.
std::string title(const Table& table);

/// All keys and tables of `table`.
std::vector<std::string_view> names_in(const Table& table);
/// `did you mean "message"? all: config keys limits`
std::string hint_for_unknown(std::string_view written, const Table& table);

/// The file's text as a tree. Unknown keys are reported and left out; a syntax error ends reading, since nothing after
/// it is sure.
Element read_toml(std::string_view text, Mistakes& mistakes);

}  // namespace heddle::config
