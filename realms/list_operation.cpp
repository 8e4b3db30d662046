#include "realms/list_operation.hpp"

#include "serializers/any_reader.hpp"
#include "serializers/msgpack_writer.hpp"
#include "serializers/transcode.hpp"
#include "serializers/write_token.hpp"

namespace heddle {
namespace {

using Kind = Token::Kind;

/// One value, of which `first` was read already.
template <class Reader>
void copy_value(Reader& reader, Token token, MsgpackWriter& out) {
    for (std::size_t depth = 0;; token = reader.next()) {
        depth += token.kind == Kind::list_begin || token.kind == Kind::map_begin;
        depth -= token.kind == Kind::list_end || token.kind == Kind::map_end;
        out.write(token);
        if (depth == 0 && token.kind != Kind::key) return;
    }
}

struct Words {
    bool moved = false, removed = false, key = false, index = false, wrong = false;
    std::uint64_t from = 0;
};

/// Takes the reserved words out of the kwargs; what is left is the value's own.
template <class Reader>
Words read_kwargs(Reader& reader, ListOperation& into) {
    Words words;
    MsgpackWriter rest(into.kwargs);
    std::size_t kept = 0;
    const auto flag = [&](bool& word) {
        const Token value = reader.next();
        word = value.kind == Kind::boolean && value.boolean;
        if (!word) words.wrong = true;
    };
    const auto number = [&](std::uint64_t& word) {
        const Token value = reader.next();
        if (value.kind != Kind::integer || value.integer < 0) return words.wrong = true, false;
        word = static_cast<std::uint64_t>(value.integer);
        return true;
    };
    reader.next();
    rest.map_begin();
    for (Token token = reader.next(); token.kind == Kind::key && !words.wrong; token = reader.next()) {
        const std::string_view name = token.text;
        if (name == list_word::moved) {
            flag(words.moved);
        } else if (name == list_word::removed) {
            flag(words.removed);
        } else if (name == list_word::index) {
            std::uint64_t index = 0;
            if (number(index)) into.index = index;
        } else if (name == list_word::from) {
            number(words.from);
        } else if (name == list_word::key) {
            const Token value = reader.next();
            if (value.kind == Kind::null) continue;
            ByteBuffer key;
            MsgpackWriter writer(key);
            copy_value(reader, value, writer);
            into.key = key.view();
            words.wrong |= into.key.size() > ListOperation::key_bytes_max;
        } else {
            rest.key(name);
            const Token value = reader.next();
            copy_value(reader, value, rest);
            ++kept;
        }
    }
    rest.map_end();
    if (kept == 0) into.kwargs.clear();
    return words;
}

bool read_into(const Payload& payload, ListOperation& into, std::uint64_t& from) {
    into.kind = ListOperation::Kind::put;
    into.key.clear();
    into.index.reset();
    into.args.clear();
    into.kwargs.clear();
    Words words;
    if (!payload.kwargs.empty())
        words = with_reader(payload.origin, payload.kwargs, [&](auto&& reader) { return read_kwargs(reader, into); });
    from = words.from;
    const bool no_args = is_empty(payload.origin, payload.args);
    if (words.wrong || (words.moved && words.removed)) return false;
    if (words.moved || words.removed) {
        if (!no_args || !into.kwargs.empty()) return false;
        if (words.moved && (into.key.empty() || !into.index)) return false;
        const bool one = !into.key.empty() || into.index;
        into.kind = words.moved ? ListOperation::Kind::move
                    : one       ? ListOperation::Kind::remove
                                : ListOperation::Kind::clear;
        return true;
    }
    if (no_args) return true;
    if (payload.origin == Encoding::msgpack) return into.args.append(payload.args), true;
    return transcode(payload.origin, payload.args, Encoding::msgpack, into.args);
}

}  // namespace

bool ListOperation::read(const Payload& payload) {
    std::uint64_t from;
    return read_into(payload, *this, from);
}

void put_list_kwargs(const ListChange& change, ByteBuffer& out) {
    using Change = ListChange::Kind;
    MsgpackWriter writer(out);
    writer.map_begin();
    if (change.kind == Change::moved || change.kind == Change::removed || change.kind == Change::cleared) {
        writer.key(change.kind == Change::moved ? list_word::moved : list_word::removed);
        writer.boolean(true);
    }
    if (change.kind != Change::cleared) {
        if (!change.key.empty()) {
            writer.key(list_word::key);
            writer.splice(change.key);
        }
        writer.key(list_word::index);
        writer.unsigned_integer(change.index);
    }
    if (change.kind == Change::moved) {
        writer.key(list_word::from);
        writer.unsigned_integer(change.from);
    }
    const bool has_value = change.kind == Change::inserted || change.kind == Change::updated;
    if (has_value && !change.value.kwargs.empty()) {
        MsgpackReader rest(change.value.kwargs);
        rest.next();
        for (Token token = rest.next(); token.kind != Kind::end; token = rest.next()) {
            // The last one closes the map that we began.
            writer.write(token);
        }
        return;
    }
    writer.map_end();
}

bool read_list_event(const Payload& event, ListOperation& operation, ListChange& change) {
    using Change = ListChange::Kind;
    std::uint64_t from = 0;
    if (!read_into(event, operation, from)) return false;
    change = {};
    change.key = operation.key;
    change.index = static_cast<std::size_t>(operation.index.value_or(0));
    change.from = static_cast<std::size_t>(from);
    switch (operation.kind) {
        case ListOperation::Kind::clear:
            change.kind = Change::cleared;
            return true;
        case ListOperation::Kind::move:
            change.kind = Change::moved;
            return true;
        case ListOperation::Kind::remove:
            change.kind = Change::removed;
            break;
        case ListOperation::Kind::put:
            change.kind = Change::updated;  // or inserted: it says the same
            change.value = operation.value();
            break;
    }
    return !operation.key.empty() && operation.index;
}

}  // namespace heddle
