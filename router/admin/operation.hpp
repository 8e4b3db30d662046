#pragma once
#include <cstdint>
#include <span>
#include <string_view>

/// Administration as data: one table of operations. WAMP registrations in the realm `heddle.admin`, HTTP routes,
/// OpenAPI, commands with their --help, man page and completion are all made from it and from nothing else.
namespace heddle::admin {

/// The realm whose users are the administrators.
inline constexpr std::string_view admin_realm = "heddle.admin";

enum class Verb : std::uint8_t { get, put, post, delete_ };  // of HTTP

struct Field {
    enum class Type : std::uint8_t { text, integer, flag, texts, object, objects, choice, time };
    /// `place`: by position in a CALL, part of the path in HTTP, a word on the command line. `query`: of HTTP; a keyword
    /// and a flag elsewhere. `body`: a member of the body; a keyword and a flag elsewhere.
    enum class In : std::uint8_t { place, query, body };
    std::string_view name;
    Type type = Type::text;
    In in = In::body;
    std::string_view doc = {};
    bool required = false;
    std::string_view choices = {};       // of choice, split by spaces
    std::string_view default_value = {}; // as people would write it
    bool secret = false;                 // goes in, never out; the command line asks for it or takes a reference
    bool word = false;                   // no place, and yet a word on the command line, after the places
};

/// How an operation stands to revisions.
enum class Revised : std::uint8_t {
    no,
    reads,   // answers with the object's revision (ETag)
    writes,  // wants `revision`: that of the object, `*` to overwrite, or `new` to create (If-Match, If-None-Match)
    may,     // edits one thing whatever the rest looks like: a `revision` that is given is checked, none is needed
};

struct Operation {
    std::string_view noun, verb;  // WAMP `heddle.<noun>.<verb>`, command `heddle <noun> <verb>`, operationId `<noun>.<verb>`
    Verb method = Verb::get;
    std::string_view path;  // of HTTP after /api/v1: "/realms/{realm}/roles/{role}"
    std::string_view doc;   // one sentence
    Revised revised = Revised::no;
    bool changes = false;  // an edit or a deed: audited
    bool pages = false;    // a list: limit, after; {items, next}
    std::span<const Field> fields = {};
    std::string_view examples = {};  // command lines, one a line
    std::string_view short_command = {};  // "apply" for realm.apply
    /// Further members of the body are keys of this table of the configuration file, as `heddle config keys realm` lists
    /// them ("realm"); empty: there are none.
    std::string_view document = {};
    /// A second path, for calls without the last place; empty: none.
    std::string_view also_path = {};
};

std::span<const Operation> operations();
/// What every operation with `pages` takes beside its own fields: limit, after, count.
std::span<const Field> page_fields();
/// What every operation that stands to revisions by `writes` or `may` takes: revision. A keyword in WAMP, a flag on the
/// command line, If-Match and If-None-Match in HTTP.
const Field& revision_field();
const Operation* find(std::string_view noun, std::string_view verb);
/// By WAMP URI, "heddle.role.put".
const Operation* find(std::string_view procedure);

}  // namespace heddle::admin
