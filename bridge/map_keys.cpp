#include "bridge/map_keys.hpp"

#include <algorithm>

#include "realms/uri_check.hpp"
#include "serializers/escapes.hpp"
#include "serializers/recon_parser.hpp"
#include "serializers/recon_text.hpp"
#include "serializers/utf8.hpp"

namespace heddle {
namespace {

using recon::Node;

/// Neither letter is a hexadecimal digit, so that no escape looks like a mark.
constexpr std::string_view number_mark = "%n", recon_mark = "%r";
constexpr std::string_view topic_tag = "topic";

/// What of a topic is the key, and whether its dots may stand: not where it has to be one component.
struct Rest {
    std::string_view text;
    bool dots;
};

std::string_view take_component(std::string_view& text) {
    const std::size_t dot = text.find('.');
    const std::string_view component = text.substr(0, dot);
    text = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
    return component;
}

std::size_t gaps_of(std::string_view pattern) {
    std::size_t gaps = 0;
    for (bool empty = true;; pattern.remove_prefix(1)) {
        const bool ends = pattern.empty() || pattern.front() == '.';
        gaps += ends && empty;
        if (pattern.empty()) return gaps;
        empty = ends;
    }
}

bool dots_may_stand(Match match, std::string_view pattern) { return match != Match::wildcard || gaps_of(pattern) != 1; }

void encode(std::string_view text, bool dots, std::string& out) {
    bool empty = out.empty();  // the component so far
    while (!text.empty()) {
        const char c = text.front();
        std::size_t escaped = unfit_character(text);
        if (c == '%' || (c == '.' && (!dots || empty || text.size() == 1))) escaped = 1;
        empty = c == '.' && escaped == 0;
        if (escaped == 0) out += c;
        for (std::size_t i = 0; i < escaped; ++i) percent_encode(text[i], out);
        text.remove_prefix(std::max<std::size_t>(escaped, 1));
    }
}

bool is_nothing(const Node& key) { return key.kind == Node::Kind::absent || key.kind == Node::Kind::extant; }

bool is_number(Node::Kind kind) {
    return kind == Node::Kind::integer || kind == Node::Kind::big || kind == Node::Kind::hex32 ||
           kind == Node::Kind::hex64 || kind == Node::Kind::real;
}

/// What a key is in a topic, if it is none that stands for a rest as it is.
std::string rest_of_value(const Node& key, bool dots) {
    std::string rest;
    if (key.kind == Node::Kind::text && !key.text.empty()) {
        encode(key.text, dots, rest);
        return rest;
    }
    ByteBuffer text;
    put_value(key, text, recon::Integers::portable);
    // Beyond what JavaScript holds an integer is a record, in the one form that all clients can read and send.
    rest = is_number(key.kind) && !text.view().starts_with('@') ? number_mark : recon_mark;
    encode(text.view(), dots, rest);
    return rest;
}

/// Appends the key that becomes `rest`, unless there is none.
bool put_value_of_rest(Rest rest, ByteBuffer& out) {
    const bool marked = rest.text.starts_with(number_mark) || rest.text.starts_with(recon_mark);
    std::string text;
    if (!percent_decode(marked ? rest.text.substr(2) : rest.text, text) || !utf8::valid(text)) return false;
    recon::Tape tape;
    Node plain;
    plain.kind = Node::Kind::text;
    plain.text = text;
    if (marked && !recon::Parser(tape).block(text)) return false;
    const Node& key = marked ? tape.root() : plain;
    if (is_nothing(key) || rest_of_value(key, rest.dots) != rest.text) return false;
    put_value(key, out, recon::Integers::portable);
    return true;
}

/// The text of `@topic("..")`, where it is a rest that has no other key.
std::optional<std::string_view> rest_as_it_is(const Node& key, bool dots) {
    if (key.kind != Node::Kind::record) return std::nullopt;
    const recon::Items items = items_of(key);
    if (!items.single() || items.begin->kind != Node::Kind::attribute || items.begin->text != topic_tag)
        return std::nullopt;
    const Node& value = value_of(*items.begin);
    if (value.kind != Node::Kind::text || value.text.find('%') == std::string_view::npos) return std::nullopt;
    ByteBuffer nowhere;
    if (put_value_of_rest({value.text, dots}, nowhere)) return std::nullopt;
    // Fit to be components: there is nothing to escape but what was escaped already.
    for (std::string_view text = value.text; !text.empty(); text.remove_prefix(1))
        if (unfit_character(text) != 0) return std::nullopt;
    bool empty = true;
    for (const char c : value.text) {
        if (c == '.' && (empty || !dots)) return std::nullopt;
        empty = c == '.';
    }
    return empty ? std::nullopt : std::optional(value.text);
}

void put_rest(Rest rest, ByteBuffer& out) {
    if (rest.text.find('%') == std::string_view::npos) return recon::put_text(rest.text, out);
    if (put_value_of_rest(rest, out)) return;
    out.append("@topic(");
    recon::put_text(rest.text, out);
    out.push_back(')');
}

}  // namespace

void put_map_key(Match match, std::string_view pattern, std::string_view topic, ByteBuffer& out) {
    if (match != Match::wildcard) return put_rest({topic.substr(pattern.size()), true}, out);
    std::string rest;
    std::size_t gaps = 0;
    for (std::string_view left = pattern; !topic.empty();) {
        const std::string_view component = take_component(topic);
        if (!take_component(left).empty()) continue;
        if (gaps++ > 0) rest += '.';
        rest += component;
    }
    put_rest({rest, gaps != 1}, out);
}

std::optional<std::string> topic_of_key(Match match, std::string_view pattern, const Node& key) {
    if (is_nothing(key)) return std::nullopt;
    const bool dots = dots_may_stand(match, pattern);
    const auto as_it_is = rest_as_it_is(key, dots);
    const std::string text = as_it_is ? std::string(*as_it_is) : rest_of_value(key, dots);
    if (match != Match::wildcard) return std::string(pattern) + text;
    std::string topic;
    std::string_view rest = text;
    for (bool first = true, last = false; !last; first = false) {
        last = pattern.find('.') == std::string_view::npos;
        const std::string_view component = take_component(pattern);
        if (component.empty() && rest.empty()) return std::nullopt;  // fewer parts than gaps
        if (!first) topic += '.';
        topic += component.empty() ? take_component(rest) : component;
    }
    if (!rest.empty()) return std::nullopt;
    return topic;
}

}  // namespace heddle
