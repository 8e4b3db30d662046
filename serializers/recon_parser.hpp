#pragma once
#include <cstddef>
#include <string_view>

#include "serializers/encoding.hpp"
#include "serializers/recon_tape.hpp"
#include "serializers/result.hpp"

namespace heddle::recon {

/// Containers of a Recon text: a payload's own, and those that an envelope and `@wamp(args:{..})` put around it.
inline constexpr std::size_t nesting_max = depth_max + 8;

/// Recon text to tape (docs/warp.md 1.2). Reads all that @swim/recon and Swim Java read but expressions: of those only
/// signed numbers, and parentheses. Views in the tape point into the text, or into the tape where escapes were undone.
class Parser {
 public:
    explicit Parser(Tape& tape) : tape_(tape) {}

    /// A whole text: one value, or several items, which make a record. `root` is it; nothing at all is absent.
    bool block(std::string_view text);

    /// The attribute that `text` begins with, leaving `rest` behind it. `root` is the attribute. False, where there is
    /// none, says nothing about the rest of the text.
    bool leading_attribute(std::string_view text, std::string_view& rest);

    /// What follows the leading attribute of a text, as items of the same record: `{5}` is 5 here. `root` is the
    /// record; a single bare item is the value (docs/warp.md 1.4, trap 5). `rest` was given out by leading_attribute.
    bool body(std::string_view rest);
    /// The same where the caller knows the leading attribute already: it ends at `offset`.
    bool body_at(std::string_view text, std::size_t offset) { return start(text) && body(text.substr(offset)); }

    /// After false: why, and where in the text.
    Error error() const { return {what_ ? what_ : "", static_cast<std::size_t>(at_ - begin_)}; }

 private:
    using Kind = Node::Kind;
    class Deeper;

    bool start(std::string_view text);
    bool fail(const char* what);
    bool fail(const char* at, const char* what);
    bool unexpected();

    void skip_spaces();  // and a comment, up to its newline
    void skip_blank();   // newlines too
    bool at_end(char closer) const { return closer == '\0' ? at_ == end_ : at_ != end_ && *at_ == closer; }
    bool separator();       // eats one
    bool at_value() const;  // something that could begin a value, not a separator or closer

    bool items(char closer);  // the inside of a block, `closer` left standing
    bool item();
    bool slot_value(std::size_t start);
    bool value();
    bool extend(std::size_t start, bool record, bool after_attribute);
    bool primary(bool flatten);
    bool attribute();
    bool record(bool flatten);
    bool markup(bool flatten);
    bool inline_attribute();
    bool parentheses(bool flatten);
    bool melted_value();

    bool word();
    bool string();
    bool raw_string();
    bool data();
    bool signed_number();
    bool number(const char* from);
    bool hex();
    bool negate(Node& node);
    bool name(std::string_view& out);
    bool quoted(std::string_view& out);
    bool escape(char*& to, bool unicode);
    bool code_point(char*& to);
    std::string_view identifier();
    char* scratch();

    Node& push(Kind kind);
    Node& push_text(Kind kind, std::string_view text);
    void insert(std::size_t at, Kind kind);
    void close(std::size_t at);
    char peek() const { return at_ == end_ ? '\0' : *at_; }

    Tape& tape_;
    const char* begin_ = nullptr;
    const char* at_ = nullptr;
    const char* end_ = nullptr;
    const char* what_ = nullptr;
    char* scratch_at_ = nullptr;
    std::size_t depth_ = 0;
};

}  // namespace heddle::recon
