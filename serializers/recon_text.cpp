#include "serializers/recon_text.hpp"

#include <charconv>
#include <cmath>

#include "serializers/numbers.hpp"

namespace heddle::recon {
namespace {

using Kind = Node::Kind;

void put_escape(char c, ByteBuffer& out) {
    constexpr std::string_view named = "\"\\\b\f\n\r\t", letters = "\"\\bfnrt";
    const std::size_t index = named.find(c);
    if (index != std::string_view::npos) {
        char* at = out.extend(2);
        at[0] = '\\';
        at[1] = letters[index];
        return;
    }
    constexpr char digits[] = "0123456789abcdef";
    char* at = out.extend(6);
    std::memcpy(at, "\\u00", 4);
    at[4] = digits[static_cast<unsigned char>(c) >> 4];
    at[5] = digits[c & 15];
}

void put_hex(std::uint64_t value, int digits, ByteBuffer& out) {
    out.append("0x");
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out.push_back("0123456789abcdef"[value >> shift & 15]);
}

class Writer {
 public:
    Writer(ByteBuffer& out, Integers integers) : out_(out), integers_(integers) {}

    void value(const Node& node);
    void block(const Node& node);
    void body(const Node& node);
    void record(Items items);
    void runs(Items items, bool after_attribute);

 private:
    bool tagged(const Node& node) const;  // an integer that becomes @int("..")
    void scalar(const Node& node);
    void braces(Items items);
    void list(Items items);
    void item(const Node& node);
    void attribute(const Node& node);
    void single(const Node& node, bool after_attribute);

    ByteBuffer& out_;
    Integers integers_;
};

bool has_attribute(Items items) {
    for (; !items.empty(); items = items.rest())
        if (items.begin->kind == Kind::attribute) return true;
    return false;
}

bool Writer::tagged(const Node& node) const {
    if (integers_ == Integers::as_they_are) return false;
    return node.kind == Kind::big ||
           (node.kind == Kind::integer && (node.integer > safe_integer_max || node.integer < -safe_integer_max));
}

void Writer::scalar(const Node& node) {
    switch (node.kind) {
        case Kind::boolean:
            return out_.append(node.boolean ? "true" : "false");
        case Kind::integer:
            return put_integer(node.integer, out_);
        case Kind::big:
            if (node.boolean) out_.push_back('-');
            return out_.append(node.text);
        case Kind::hex32:
            return put_hex(node.unsigned_integer, 8, out_);
        case Kind::hex64:
            return put_hex(node.unsigned_integer, 16, out_);
        case Kind::real:
            return put_real(node.real, out_);
        case Kind::text:
            return put_text(node.text, out_);
        case Kind::data:
            out_.push_back('%');
            return out_.append(node.text);
        default:
            return;  // absent and extant have no form of their own
    }
}

void Writer::value(const Node& node) {
    if (node.kind == Kind::record) return record(items_of(node));
    if (node.kind == Kind::extant) return out_.append("()");
    if (!tagged(node)) return scalar(node);
    out_.append("@int(\"");
    scalar(node);
    out_.append("\")");
}

void Writer::record(Items items) {
    if (has_attribute(items))
        runs(items, false);
    else
        braces(items);
}

// Attributes stand bare; what lies between two of them is one bare value, or items in braces.
void Writer::runs(Items items, bool after_attribute) {
    while (!items.empty()) {
        if (items.begin->kind == Kind::attribute) {
            attribute(*items.begin);
            after_attribute = true;
            items = items.rest();
            continue;
        }
        Items run{items.begin, items.begin};
        while (!items.empty() && items.begin->kind != Kind::attribute) {
            items = items.rest();
            run.end = items.begin;
        }
        if (run.single() && run.begin->bare() && run.begin->kind != Kind::record && run.begin->kind != Kind::extant &&
            !tagged(*run.begin))
            single(*run.begin, after_attribute);
        else
            braces(run);
    }
}

// One space between an attribute and a bare word or number; for quoted "true" too, which others would write bare.
void Writer::single(const Node& node, bool after_attribute) {
    const bool text = node.kind == Kind::text, bare = text && is_plain_word(node.text);
    const bool quoted = text && !bare && node.text != "true" && node.text != "false";
    if (after_attribute && !quoted && node.kind != Kind::data) out_.push_back(' ');
    if (bare)
        out_.append(node.text);
    else if (text)
        put_quoted(node.text, out_);
    else
        scalar(node);
}

void Writer::attribute(const Node& node) {
    out_.push_back('@');
    put_text(node.text, out_);
    if (value_of(node).kind == Kind::extant) return;
    out_.push_back('(');
    block(value_of(node));
    out_.push_back(')');
}

void Writer::braces(Items items) {
    out_.push_back('{');
    list(items);
    out_.push_back('}');
}

void Writer::list(Items items) {
    bool nothing = false;
    for (bool first = true; !items.empty(); items = items.rest(), first = false) {
        if (!first) out_.push_back(',');
        item(*items.begin);
        nothing = items.begin->kind == Kind::extant;
    }
    if (nothing) out_.push_back(',');  // a trailing separator adds no item: two make the last one be there
}

void Writer::item(const Node& node) {
    if (node.kind == Kind::extant) return;
    if (node.kind != Kind::slot) return value(node);
    if (key_of(node).kind != Kind::extant) value(key_of(node));
    out_.push_back(':');
    if (value_of_slot(node).kind != Kind::extant) value(value_of_slot(node));
}

// A block of one bare item is that item, and it has no empty items: there the braces must stay.
void Writer::block(const Node& node) {
    if (node.kind != Kind::record) return value(node);
    const Items all = items_of(node);
    bool bare = !all.empty() && !all.single_bare();
    for (Items items = all; !items.empty(); items = items.rest()) {
        const Node& item = *items.begin;
        if (item.kind == Kind::extant || (item.kind == Kind::slot && key_of(item).kind == Kind::extant)) bare = false;
        if (item.kind == Kind::attribute) return runs(all, false);
    }
    if (bare)
        list(all);
    else
        braces(all);
}

void Writer::body(const Node& node) {
    if (node.kind == Kind::absent || node.kind == Kind::extant) return;
    if (node.kind != Kind::record) return runs({&node, &node + 1}, true);
    const Items items = items_of(node);
    if (!items.empty() && !items.single_bare()) return runs(items, true);
    out_.push_back('{');  // else it would be read as its only item, or as nothing
    braces(items);
    out_.push_back('}');
}

}  // namespace

void put_quoted(std::string_view text, ByteBuffer& out) {
    out.push_back('"');
    while (!text.empty()) {
        const char* end = text.data() + text.size();
        const auto run = static_cast<std::size_t>(plain_run(text.data(), end, '"') - text.data());
        out.append(text.substr(0, run));
        if (run == text.size()) break;
        put_escape(text[run], out);
        text.remove_prefix(run + 1);
    }
    out.push_back('"');
}

void put_text(std::string_view text, ByteBuffer& out) {
    if (is_plain_word(text))
        out.append(text);
    else
        put_quoted(text, out);
}

void put_real(double value, ByteBuffer& out) {
    if (std::isinf(value)) return out.append(value > 0 ? "1e999" : "-1e999");
    char digits[numbers::text_max];
    if (const std::size_t size = numbers::put_decimal(value, digits)) return out.append({digits, size});
    char* const limit = digits + sizeof digits;
    const double size = std::fabs(value);
    const bool fixed = size == 0 || (size >= 1e-6 && size < 1e21);  // as JavaScript does
    char* end =
        std::to_chars(digits, limit, value, fixed ? std::chars_format::fixed : std::chars_format::scientific).ptr;
    const std::string_view text(digits, static_cast<std::size_t>(end - digits));
    if (fixed) {
        out.append(text);
        if (text.find('.') == std::string_view::npos) out.append(".0");
        return;
    }
    const std::size_t e = text.find('e');  // "e+21", "e-07": neither the plus nor the zero is needed
    out.append(text.substr(0, e + 1));
    if (text[e + 1] == '-') out.push_back('-');
    out.append(text.substr(text[e + 2] == '0' ? e + 3 : e + 2));
}

void put_integer(std::int64_t value, ByteBuffer& out) {
    char digits[numbers::text_max];
    out.append({digits, numbers::put_integer(value, digits)});
}

void put_value(const Node& node, ByteBuffer& out, Integers integers) { Writer(out, integers).value(node); }
void put_block(const Node& node, ByteBuffer& out, Integers integers) { Writer(out, integers).block(node); }
void put_body(const Node& node, ByteBuffer& out, Integers integers) { Writer(out, integers).body(node); }
void put_record(Items items, ByteBuffer& out, Integers integers) { Writer(out, integers).record(items); }
void put_rest(Items items, ByteBuffer& out, Integers integers) { Writer(out, integers).runs(items, true); }

}  // namespace heddle::recon
