#include "realms/meta_call.hpp"

#include <cmath>

#include "serializers/msgpack_reader.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

using Kind = Token::Kind;

void skip(MsgpackReader& reader, const Token& token) {
    for (int depth = token.kind == Kind::list_begin || token.kind == Kind::map_begin; depth > 0;) {
        const Token::Kind kind = reader.next().kind;
        if (kind == Kind::list_begin || kind == Kind::map_begin) ++depth;
        if (kind == Kind::list_end || kind == Kind::map_end) --depth;
        if (kind == Kind::error || kind == Kind::end) return;
    }
}

MetaValue list_of(MsgpackReader& reader) {
    MetaValue value;
    value.kind = MetaValue::Kind::texts;
    for (Token token; (token = reader.next()).kind != Kind::list_end && token.kind != Kind::error;) {
        if (token.kind == Kind::text)
            value.texts.emplace_back(token.text);
        else
            value.kind = MetaValue::Kind::other;
        skip(reader, token);
    }
    return value;
}

MetaValue map_of(MsgpackReader& reader) {
    MetaValue value;
    value.kind = MetaValue::Kind::map;
    for (Token token; (token = reader.next()).kind == Kind::key;) {
        std::string key(token.text);
        token = reader.next();
        // A value of another kind is there all the same: whoever asks for the key finds a text that is none of its own.
        value.map.emplace_back(std::move(key),
                               token.kind == Kind::text ? std::string(token.text) : std::string(1, '\0'));
        skip(reader, token);
    }
    return value;
}

MetaValue parsed(MsgpackReader& reader) {
    const Token token = reader.next();
    MetaValue value;
    value.kind = MetaValue::Kind::other;
    switch (token.kind) {
        case Kind::null:
            value.kind = MetaValue::Kind::null;
            break;
        case Kind::boolean:
            value.kind = MetaValue::Kind::boolean;
            value.integer = token.boolean;
            break;
        case Kind::text:
            value.kind = MetaValue::Kind::text;
            value.text = token.text;
            break;
        case Kind::integer:
            if (token.integer < 0) break;
            value.kind = MetaValue::Kind::integer;
            value.integer = static_cast<std::uint64_t>(token.integer);
            break;
        case Kind::real:  // some encoders write large ids so
            if (token.real < 0 || token.real > static_cast<double>(id_max) || std::trunc(token.real) != token.real)
                break;
            value.kind = MetaValue::Kind::integer;
            value.integer = static_cast<std::uint64_t>(token.real);
            break;
        case Kind::list_begin:
            return list_of(reader);
        case Kind::map_begin:
            return map_of(reader);
        default:
            break;
    }
    return value;
}

MetaValue value_of(MsgpackReader& reader, std::string_view input) {
    const std::size_t begin = reader.position();
    MetaValue value = parsed(reader);
    value.raw = input.substr(begin, reader.position() - begin);
    return value;
}

}  // namespace

MetaCall::MetaCall(SessionId caller, const Payload& payload, TimePoint now)
    : caller_(caller), now_(now), forms_(payload) {
    const Payload given = forms_.in(Encoding::msgpack);
    if (!given.args.empty()) {
        MsgpackReader reader(given.args);
        reader.next();  // the list's beginning: decoders let nothing else through
        while (reader.more()) args_.push_back(value_of(reader, given.args));
    }
    if (given.kwargs.empty()) return;
    MsgpackReader reader(given.kwargs);
    reader.next();
    for (Token token; (token = reader.next()).kind == Kind::key;) {
        std::string key(token.text);
        kwargs_.emplace_back(std::move(key), value_of(reader, given.kwargs));
    }
}

bool MetaCall::takes_at_most(std::size_t count) {
    if (args_.size() <= count) return true;
    refuse(uri::invalid_argument, "no more than " + std::to_string(count) + " arguments are taken");
    return false;
}

const MetaValue* MetaCall::argument(std::size_t place, std::string_view name) const {
    const MetaValue* found = place < args_.size() ? &args_[place] : nullptr;
    for (const auto& [key, value] : kwargs_)
        if (!found && key == name) found = &value;
    return found && found->kind != MetaValue::Kind::null ? found : nullptr;
}

bool MetaCall::id(std::size_t place, std::string_view name, std::uint64_t& out) {
    const MetaValue* value = argument(place, name);
    const bool good =
        value && value->kind == MetaValue::Kind::integer && value->integer >= 1 && value->integer <= id_max;
    if (!good) return refuse_argument(name, "an id (1 to 2^53)");
    out = value->integer;
    return true;
}

bool MetaCall::text(std::size_t place, std::string_view name, std::string_view& out) {
    const MetaValue* value = argument(place, name);
    if (!value || value->kind != MetaValue::Kind::text) return refuse_argument(name, "a string");
    out = value->text;
    return true;
}

bool MetaCall::optional_texts(std::size_t place, std::string_view name, const std::vector<std::string>*& out) {
    const MetaValue* value = argument(place, name);
    if (!value) return true;
    if (value->kind != MetaValue::Kind::texts) return refuse_argument(name, "a list of strings");
    out = &value->texts;
    return true;
}

bool MetaCall::optional_text(std::size_t place, std::string_view name, std::optional<std::string_view>& out) {
    const MetaValue* value = argument(place, name);
    if (!value) return true;
    if (value->kind != MetaValue::Kind::text) return refuse_argument(name, "a string");
    out = value->text;
    return true;
}

bool MetaCall::optional_flag(std::size_t place, std::string_view name, bool& out) {
    const MetaValue* value = argument(place, name);
    if (!value) return true;
    if (value->kind != MetaValue::Kind::boolean) return refuse_argument(name, "true or false");
    out = value->integer != 0;
    return true;
}

bool MetaCall::optional_integer(std::size_t place, std::string_view name, std::uint64_t& out) {
    const MetaValue* value = argument(place, name);
    if (!value) return true;
    if (value->kind != MetaValue::Kind::integer) return refuse_argument(name, "a number from 0");
    out = value->integer;
    return true;
}

MsgpackWriter& MetaCall::value() {
    MsgpackWriter& writer = values_.writer.emplace(values_.bytes);
    writer.list_begin(1);
    return writer;
}

MsgpackWriter& MetaCall::keywords() {
    MsgpackWriter& writer = keywords_.writer.emplace(keywords_.bytes);
    writer.map_begin();
    return writer;
}

void MetaCall::refuse(std::string_view error, std::string text) {
    error_ = error;
    values_.bytes.clear();
    keywords_.bytes.clear();
    keywords_.writer.reset();
    value().text(text);
}

bool MetaCall::refuse_argument(std::string_view name, std::string_view must_be) {
    refuse(uri::invalid_argument, std::string(name) + " must be " + std::string(must_be));
    return false;
}

Payload MetaCall::answer() {
    if (values_.writer) values_.writer->list_end();
    if (keywords_.writer) keywords_.writer->map_end();
    values_.writer.reset();
    keywords_.writer.reset();
    if (values_.bytes.view().empty() && keywords_.bytes.view().empty()) return {};
    return Payload{Encoding::msgpack, values_.bytes.view(), keywords_.bytes.view()};
}

}  // namespace heddle
