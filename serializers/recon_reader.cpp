#include "serializers/recon_reader.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "serializers/base64.hpp"
#include "serializers/recon_tags.hpp"
#include "serializers/recon_text.hpp"

namespace heddle {

using recon::Items;
using recon::Node;
using Kind = Token::Kind;

namespace {

Token token(Kind kind) {
    Token result;
    result.kind = kind;
    return result;
}

Token text_token(Kind kind, std::string_view text) {
    Token result;
    result.kind = kind;
    result.text = text;
    return result;
}

bool is_integer_text(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.empty() || (text.front() == '0' && text.size() > 1)) return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_real_name(std::string_view text) { return text == "nan" || text == "inf" || text == "-inf"; }

Token real_token(double value) {
    Token result;
    result.kind = Kind::real;
    result.real = value;
    return result;
}

double named_real(std::string_view name) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return name == "nan" ? std::numeric_limits<double>::quiet_NaN() : name == "inf" ? infinity : -infinity;
}

}  // namespace

ReconReader::ReconReader(Items rest, std::size_t depth) : depth_(depth) {
    if (rest.single_bare())
        value_ = rest.begin;
    else
        rest_ = rest;
}

Token ReconReader::fail(const char* what) {
    what_ = what;
    return token(Kind::error);
}

Token ReconReader::next() {
    if (what_) return token(Kind::error);
    if (foreign_step_ == 3) return foreign_step_ = 2, text_token(Kind::key, foreign_key_);
    if (foreign_step_ == 2) return foreign_step_ = 1, text_token(Kind::text, scratch_);
    if (foreign_step_ == 1) return foreign_step_ = 0, token(Kind::map_end);
    if (!started_) {
        started_ = true;
        if (value_) return value(*value_);
        return rest_.empty() ? token(Kind::null) : record(rest_);
    }
    if (open_.empty()) return token(Kind::end);
    Container& top = open_.back();
    if (top.left.empty()) {
        const bool map = top.map;
        open_.pop_back();
        return token(map ? Kind::map_end : Kind::list_end);
    }
    const Node& item = *top.left.begin;
    if (top.map && !top.key_read) {
        top.key_read = true;
        return text_token(Kind::key, key_of(item).text);
    }
    top.key_read = false;
    top.left = top.left.rest();
    return value(top.map ? value_of_slot(item) : item);
}

Token ReconReader::value(const Node& node) {
    return node.kind == Node::Kind::record ? record(items_of(node)) : scalar(node);
}

Token ReconReader::scalar(const Node& node) {
    Token result;
    switch (node.kind) {
        case Node::Kind::boolean:
            result.kind = Kind::boolean;
            result.boolean = node.boolean;
            return result;
        case Node::Kind::integer:
            result.kind = Kind::integer;
            result.integer = node.integer;
            return result;
        case Node::Kind::big:
            return big(node.text, node.boolean);
        case Node::Kind::hex32:
        case Node::Kind::hex64:
            result.kind = node.unsigned_integer <= INT64_MAX ? Kind::integer : Kind::unsigned_integer;
            result.unsigned_integer = node.unsigned_integer;
            return result;
        case Node::Kind::real:
            return real_token(node.real);
        case Node::Kind::text:
            return text_token(Kind::text, node.text);
        case Node::Kind::data:
            if (!base64::decode(node.text, scratch_)) return fail("base64 that cannot be");
            return text_token(Kind::bytes, scratch_);
        default:
            return token(Kind::null);  // absent, extant
    }
}

// Digits that did not fit, or that were written as text: they may still be an integer of 64 bits.
Token ReconReader::big(std::string_view digits, bool negative) {
    std::string text = (negative ? "-" : "") + std::string(digits);
    const char* end = text.data() + text.size();
    Token result;
    result.kind = Kind::integer;
    if (std::from_chars(text.data(), end, result.integer).ec == std::errc()) return result;
    result.kind = Kind::unsigned_integer;
    if (text.front() != '-' && std::from_chars(text.data(), end, result.unsigned_integer).ec == std::errc())
        return result;
    return foreign(recon::integer_key, std::move(text));
}

Token ReconReader::foreign(std::string_view key, std::string text) {
    if (open_.size() == depth_) return fail("nested too deeply");
    scratch_ = std::move(text);
    foreign_key_ = key;
    foreign_step_ = 3;
    return token(Kind::map_begin);
}

Token ReconReader::record(Items items) {
    const auto tagged = [&items] { return value_of(*items.begin).text; };
    switch (shape_of(items, keys_)) {
        case Shape::list:
            return open(items, false);
        case Shape::map:
            return open(items, true);
        case Shape::null:
            return token(Kind::null);
        case Shape::empty_map:
            return open({}, true);
        case Shape::integer:
            return big(tagged(), false);
        case Shape::real:
            return real_token(named_real(tagged()));
        case Shape::foreign:
            break;
    }
    ByteBuffer text;
    recon::put_record(items, text, recon::Integers::portable);
    return foreign(recon::foreign_key, std::string(text.view()));
}

Token ReconReader::open(Items items, bool map) {
    if (open_.size() == depth_) return fail("nested too deeply");
    open_.push_back({items, map, false});
    return token(map ? Kind::map_begin : Kind::list_begin);
}

ReconReader::Shape ReconReader::shape_of(Items items, std::vector<std::string_view>& keys) {
    if (items.empty()) return Shape::list;
    const Node& first = *items.begin;
    if (first.kind == Node::Kind::attribute) {
        if (!items.single()) return Shape::foreign;
        const Node& value = value_of(first);
        if (value.kind == Node::Kind::extant)
            return first.text == recon::null_tag   ? Shape::null
                   : first.text == recon::dict_tag ? Shape::empty_map
                                                   : Shape::foreign;
        if (value.kind != Node::Kind::text) return Shape::foreign;
        if (first.text == recon::integer_tag && is_integer_text(value.text)) return Shape::integer;
        return first.text == recon::real_tag && is_real_name(value.text) ? Shape::real : Shape::foreign;
    }
    const bool map = first.kind == Node::Kind::slot;
    keys.clear();
    for (; !items.empty(); items = items.rest()) {
        const Node& item = *items.begin;
        if (item.kind == Node::Kind::attribute || (item.kind == Node::Kind::slot) != map) return Shape::foreign;
        if (!map) continue;
        if (key_of(item).kind != Node::Kind::text) return Shape::foreign;
        keys.push_back(key_of(item).text);
    }
    std::sort(keys.begin(), keys.end());
    return std::adjacent_find(keys.begin(), keys.end()) == keys.end() ? (map ? Shape::map : Shape::list)
                                                                      : Shape::foreign;
}

}  // namespace heddle
