#pragma once
#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serializers/ids.hpp"
#include "serializers/names.hpp"
#include "serializers/payload.hpp"
#include "serializers/result.hpp"
#include "serializers/rules.hpp"
#include "serializers/token.hpp"

namespace heddle::detail {

/// Options and Details may be nested this deep, themselves included.
inline constexpr std::size_t options_depth_max = 32;

/// Keeps a text that the reader unescaped aside until this thread decodes again.
std::string_view keep_text(std::string_view text);

/// Reads one message field by field: how a message's list becomes a type. Every member that reads returns false once
/// something was wrong, and then `error()` says what, in one style: "PUBLISH.Options.acknowledge must be a bool".
template <class Reader>
class Fields {
 public:
    using Kind = Token::Kind;

    Fields(Encoding encoding, std::string_view bytes) : reader_(bytes), encoding_(encoding) {}

    /// The list's beginning and the type code; null where there is no such message.
    const MessageRule* begin() {
        Token token = reader_.next();
        if (token.kind == Kind::error) return malformed(), nullptr;
        if (token.kind != Kind::list_begin) return say("a message must be a list"), nullptr;
        token = reader_.next();
        if (token.kind == Kind::error) return malformed(), nullptr;
        if (token.kind != Kind::integer) return say("a message must begin with its code"), nullptr;
        rule_ = rule_for_code(static_cast<std::uint64_t>(token.integer));
        if (!rule_) say("no message has the code " + std::to_string(token.integer));
        count_ = 1;
        return rule_;
    }

    /// No more than what was read, in the list or after it.
    bool finish() {
        if (reader_.more())
            return say(std::string(rule_->name) + " has more than " + std::to_string(rule_->fields_max) + " elements");
        return reader_.next().kind == Kind::list_end && reader_.next().kind == Kind::end ? true : malformed();
    }

    bool more() { return reader_.more(); }

    // The next element of the message, which must be there, under the name the specification gives it.
    bool id(const char* name, std::uint64_t& out) { return field(name) && as_id(out); }
    template <class Tag>
    bool id(const char* name, Id<Tag>& out) {
        return id(name, out.value);
    }
    /// An id or, in a revocation, 0.
    bool id_or_zero(const char* name, std::uint64_t& out) {
        return field(name) && as_integer(out, 0, id_max, "an id or 0");
    }
    bool natural(const char* name, std::uint64_t& out) { return field(name) && as_natural(out); }
    bool text(const char* name, std::string_view& out) { return field(name) && as_text(out); }
    /// `on_key(key)` reads the value, with one of the as_ members or skip().
    template <class OnKey>
    bool map(const char* name, OnKey&& on_key) {
        return field(name) && as_map(on_key);
    }
    bool ignored_map(const char* name) {
        return map(name, [this](std::string_view) { return skip(); });
    }

    /// A dictionary that is carried and not understood; empty where it holds nothing.
    bool carried_map(const char* name, Payload& out) {
        std::string_view slice;
        out.origin = encoding_;
        if (!field(name) || !carry(slice, options_depth_max)) return false;
        Reader inside(slice);
        if (inside.next().kind != Kind::map_begin) return refuse("a map");
        if (inside.more()) out.kwargs = slice;
        return true;
    }

    /// `Arguments|list?, ArgumentsKw|dict?`; what is empty and not needed to keep the other's place is left out.
    bool payload(Payload& out) {
        out.origin = encoding_;
        if (!reader_.more()) return true;
        std::string_view slice;
        if (!field("Arguments") || !carry(slice, depth_max)) return false;
        Reader args(slice);
        if (args.next().kind != Kind::list_begin) return refuse("a list");
        const bool some_args = args.more();
        if (some_args) out.args = slice;
        if (!reader_.more()) return true;
        const std::string_view args_slice = slice;
        if (!field("ArgumentsKw") || !carry(slice, depth_max)) return false;
        Reader kwargs(slice);
        if (kwargs.next().kind != Kind::map_begin) return refuse("a map");
        if (!kwargs.more()) return true;
        while (kwargs.more()) {
            if (kwargs.next().kind != Kind::key || !kwargs.key_was_text()) return refuse("a map with text keys");
            kwargs.skip_value();
        }
        out.args = args_slice;
        out.kwargs = slice;
        return true;
    }

    // The value at hand, of a field or of a key.

    bool as_bool(bool& out) {
        const Token token = reader_.next();
        if (token.kind != Kind::boolean) return wrong(token, "a bool");
        out = token.boolean;
        return true;
    }
    bool as_id(std::uint64_t& out) { return as_integer(out, 1, id_max, "an id (1 to 2^53)"); }
    bool as_natural(std::uint64_t& out) { return as_integer(out, 0, id_max, "an integer from 0 to 2^53"); }
    bool as_text(std::string_view& out) {
        const Token token = reader_.next();
        if (!is_text(token)) return wrong(token, "a string");
        out = keep(token.text);
        return true;
    }
    template <class Enum, std::size_t N>
    bool as_choice(Enum& out, const std::string_view (&names)[N]) {
        const Token token = reader_.next();
        if (token.kind == Kind::error) return malformed();
        const auto value = token.kind == Kind::text ? named<Enum>(names, token.text) : std::nullopt;
        if (value) {
            out = *value;
            return true;
        }
        std::string choice = "one of";
        for (const std::string_view name : names)
            if (!name.empty()) choice.append(" ").append(name);
        return refuse(choice);
    }
    bool as_texts(std::vector<std::string_view>& out) {
        return as_list("a list of strings", [&](const Token& token) {
            if (!is_text(token)) return wrong(token, "a list of strings");
            out.push_back(keep(token.text));
            return true;
        });
    }
    bool as_ids(std::vector<std::uint64_t>& out) {
        return as_list("a list of ids", [&](const Token& token) {
            std::uint64_t id = 0;
            if (!integer_of(token, 0, id_max, id)) return wrong(token, "a list of ids");
            out.push_back(id);
            return true;
        });
    }
    template <class OnKey>
    bool as_map(OnKey&& on_key) {
        Token token = reader_.next();
        if (token.kind != Kind::map_begin) return wrong(token, "a map");
        assert(path_size_ < path_.size());
        path_[path_size_++] = "";
        for (;;) {
            token = reader_.next();
            if (token.kind == Kind::map_end) break;
            if (token.kind == Kind::error) return malformed();
            if (reader_
                    .null_ahead()) {  // as good as not there: clients write null, or undefined, for options not given
                if (!reader_.skip_value()) return malformed();
            } else if (!on_key(token.text)) {
                return false;
            }
        }
        --path_size_;
        return true;
    }
    /// Inside `on_key`: whether this is the key of that name, which then is what an error will be about.
    bool is(std::string_view key, std::string_view name) {
        if (key != name) return false;
        about(name);
        return true;
    }
    void about(std::string_view key_name) { path_[path_size_ - 1] = key_name; }
    /// A value for somebody else: its bytes as they came.
    bool as_carried(std::string_view& out) { return carry(out, options_depth_max - (path_size_ - 1)); }
    /// The same where it must be a map; kwargs stays empty where that holds nothing.
    bool as_carried_map(Payload& out) {
        std::string_view slice;
        out.origin = encoding_;
        out.kwargs = {};
        if (!as_carried(slice)) return false;
        Reader inside(slice);
        if (inside.next().kind != Kind::map_begin) return refuse("a map");
        if (inside.more()) out.kwargs = slice;
        return true;
    }
    /// The same where it must be a text.
    bool as_carried_text(std::string_view& out) {
        if (!as_carried(out)) return false;
        Reader inside(out);
        return is_text(inside.next()) || refuse("a string");
    }
    Encoding encoding() const { return encoding_; }
    /// A key nobody knows is no error.
    bool skip() { return reader_.skip_value(options_depth_max - (path_size_ - 1)) ? true : malformed(); }

    /// The value of the field or key at hand is not what it must be.
    bool refuse(std::string_view must_be) {
        std::string what = rule_->name;
        for (std::size_t i = 0; i < path_size_; ++i) what.append(".").append(path_[i]);
        return say(what.append(" must be ").append(must_be));
    }

    /// Something else is wrong with a field than its type.
    bool say_field(const char* name, const char* what) {
        return say(std::string(rule_->name) + "." + name + " " + what);
    }

    Error& error() { return error_; }

 private:
    bool field(const char* name) {
        path_[0] = name;
        path_size_ = 1;
        if (!reader_.more()) {
            return say(std::string(rule_->name) + "." + name + " is missing: " + std::to_string(count_) +
                       " elements where at least " +
                       std::to_string(std::max<std::size_t>(rule_->fields_min, count_ + 1)) + " belong");
        }
        ++count_;
        return true;
    }

    bool carry(std::string_view& out, std::size_t depth) {
        const auto slice = reader_.slice_value(depth);
        if (!slice) return malformed();
        out = *slice;
        return true;
    }

    template <class OnElement>
    bool as_list(const char* must_be, OnElement&& on_element) {
        Token token = reader_.next();
        if (token.kind != Kind::list_begin) return wrong(token, must_be);
        for (;;) {
            token = reader_.next();
            if (token.kind == Kind::list_end) return true;
            if (!on_element(token)) return false;
        }
    }

    /// Some encoders write large ids as floats: a whole one is as good (docs/design.md, "Messages").
    static bool integer_of(const Token& token, std::uint64_t min, std::uint64_t max, std::uint64_t& out) {
        if (token.kind == Kind::integer && token.integer >= 0) {
            out = static_cast<std::uint64_t>(token.integer);
        } else if (token.kind == Kind::real && token.real >= 0 && token.real <= static_cast<double>(id_max) &&
                   std::trunc(token.real) == token.real) {
            out = static_cast<std::uint64_t>(token.real);
        } else {
            return false;
        }
        return out >= min && out <= max;
    }
    bool as_integer(std::uint64_t& out, std::uint64_t min, std::uint64_t max, const char* must_be) {
        const Token token = reader_.next();
        return integer_of(token, min, max, out) ? true : wrong(token, must_be);
    }

    /// No text of a message begins with U+0000: JSON could not tell it from bytes.
    static bool is_text(const Token& token) {
        return token.kind == Kind::text && (token.text.empty() || token.text.front() != '\0');
    }

    std::string_view keep(std::string_view text) { return reader_.in_input(text) ? text : keep_text(text); }

    bool wrong(const Token& token, std::string_view must_be) {
        return token.kind == Kind::error ? malformed() : refuse(must_be);
    }
    bool malformed() {
        return say((rule_ ? std::string(rule_->name) : std::string("message")) + ": " + reader_.error().what);
    }
    bool say(std::string what) {
        error_ = {std::move(what), reader_.position()};
        return false;
    }

    Reader reader_;
    Encoding encoding_;
    const MessageRule* rule_ = nullptr;
    std::size_t count_ = 0;  // elements begun
    std::array<std::string_view, 6> path_;
    std::size_t path_size_ = 0;
    Error error_;
};

}  // namespace heddle::detail
