#pragma once
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "router/settings.hpp"

/// The configuration file as data: every table and key with type, range, default and meaning. The reader, `heddle
/// check`, `heddle config keys`, `heddle config default`, the environment names and the hints all read this table and
/// nothing else.
namespace heddle::config {

enum class Type : std::uint8_t { text, choice, choices, texts, size, time, count, address, file, folder, flag };

/// What is being filled in: the whole, and whichever parts of it the current table belongs to.
struct Place {
    ServerSettings* server = nullptr;
    RealmEntry* realm_defaults = nullptr;  // [limits] sets them, each [[realm]] starts from them
    TlsSettings* tls = nullptr;
    ListenerSettings* listener = nullptr;
    PagesSettings* pages = nullptr;
    BridgePath* bridge = nullptr;
    RealmEntry* realm = nullptr;
    LaneRule* lane = nullptr;
    HistoryRule* history = nullptr;
    RoleSettings* role = nullptr;
    UserSettings* user = nullptr;
    PermissionRule* rule = nullptr;
    UplinkEntry* uplink = nullptr;
    UplinkLane* uplink_lane = nullptr;
    UplinkEntry::Credential* credential = nullptr;
};

/// An enumeration field, or a set of flags: read and written as a number whose meaning `Key::choices` lists.
struct Bits {
    void* object = nullptr;
    unsigned (*get)(const void*) = nullptr;
    void (*set)(void*, unsigned) = nullptr;
};

/// Where a key's value lives. The same accessor writes what the file says and reads the default.
using Field = std::variant<std::string*, std::vector<std::string>*, std::size_t*, int*, std::chrono::milliseconds*,
                           ListenerSettings*, Bits, bool*>;

struct Range {
    std::uint64_t min = 0;
    std::uint64_t max = std::numeric_limits<std::uint64_t>::max();  // bytes, milliseconds or things
};

struct Key {
    std::string_view name;
    Type type;
    Field (*field)(const Place&);
    std::string_view doc;
    std::string_view choices = {};  // of choice and choices: "drop close"
    Range range = {};
    bool required = false;
    std::string_view sample =
        {};  // an example for what must be given, the default where the settings hold none; not empty then
};

/// How a table changes the place. A list has all three functions: they expect a place that points at what the list belongs
/// to, and `enter` and `point` make it point at an element. One table may have `enter`, where its keys need another place.
struct Rows {
    using Enter = void (*)(Place&);  // a list: appends an element
    using Size = std::size_t (*)(const Place&);
    using Point = void (*)(Place&, std::size_t index);

    Rows(Enter e = nullptr, Size s = nullptr, Point p = nullptr) : enter(e), size(s), point(p) {}
    Enter enter;
    Size size;
    Point point;
};

struct Table {
    std::string_view name, path;  // "role", "realm.role"
    bool list = false;            // a list of tables
    std::string_view doc;
    std::vector<Key> keys;
    std::vector<Table> tables;
    Rows rows = nullptr;
    bool overridable = false;         // by environment and --set
    bool inlined = false;             // written {..} rather than under a [header]
    bool optional = false;            // a list that few need: a comment in the default file
};

/// The root; keys and tables in the order in which they are read and shown.
const Table& schema();
/// The table `[[realm]]` of the schema.
const Table& realm_schema();

std::vector<std::string_view> words(std::string_view text);  // split at spaces

/// A field's value as the file would spell it.
std::string spell(const Key& key, const Field& field);
/// "1KiB to 16MiB"; empty where anything goes.
std::string spell_range(const Key& key);
std::string_view name_of(Type type);
/// "HEDDLE_LIMITS__MESSAGE"; empty for what the environment cannot set.
std::string environment_name(const Table& table, const Key& key);

}  // namespace heddle::config
