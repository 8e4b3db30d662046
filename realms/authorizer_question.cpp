#include "realms/authorizer_question.hpp"

#include <algorithm>

#include "serializers/msgpack_reader.hpp"
#include "serializers/msgpack_writer.hpp"
#include "serializers/names.hpp"

namespace heddle {
namespace {

using Kind = Token::Kind;

std::string_view name_of(Action action) {
    constexpr std::string_view names[] = {"call", "register", "publish", "subscribe"};
    static_assert(std::size(names) == action_count);
    return names[static_cast<std::size_t>(action)];
}

/// Seconds, or whether it holds at all; for a day at most.
bool read_cache(const Token& token, std::chrono::milliseconds usual, std::chrono::milliseconds& out) {
    constexpr double day_ms = 86'400'000;
    if (token.kind == Kind::boolean) {
        out = token.boolean ? usual : std::chrono::milliseconds(0);
        return true;
    }
    const double seconds = token.kind == Kind::integer ? static_cast<double>(token.integer) : token.real;
    if ((token.kind != Kind::integer && token.kind != Kind::real) || !(seconds >= 0)) return false;
    out = std::chrono::milliseconds(static_cast<std::int64_t>(std::min(seconds * 1000, day_ms)));
    return true;
}

bool read_field(std::string_view key, const Token& value, std::chrono::milliseconds usual, AuthorizerVerdict& out,
                bool& allow_said) {
    if (key == "allow") {
        out.allowed = value.boolean;
        allow_said = true;
        return value.kind == Kind::boolean;
    }
    if (key == "disclose") {
        out.disclosure = value.boolean ? Disclosure::always : Disclosure::never;
        return value.kind == Kind::boolean;
    }
    if (key == "cache") return read_cache(value, usual, out.cache);
    if (key == "scope") {
        out.whom = value.text == "role" ? AuthorizerAnswers::For::role : AuthorizerAnswers::For::user;
        return value.kind == Kind::text && (value.text == "role" || value.text == "user");
    }
    return true;  // a key of somebody else's
}

void skip(MsgpackReader& reader, const Token& token) {
    for (int depth = token.kind == Kind::list_begin || token.kind == Kind::map_begin; depth > 0;) {
        const Kind kind = reader.next().kind;
        if (kind == Kind::list_begin || kind == Kind::map_begin) ++depth;
        if (kind == Kind::list_end || kind == Kind::map_end) --depth;
        if (kind == Kind::error || kind == Kind::end) return;
    }
}

bool read_verdict(std::string_view args, std::chrono::milliseconds usual, AuthorizerVerdict& out) {
    MsgpackReader reader(args);
    if (args.empty() || reader.next().kind != Kind::list_begin) return false;
    Token token = reader.next();
    if (token.kind == Kind::boolean) {
        out.allowed = token.boolean;
        return true;
    }
    if (token.kind != Kind::map_begin) return false;
    bool good = true, allow_said = false;
    while ((token = reader.next()).kind == Kind::key) {
        const std::string key(token.text);
        token = reader.next();
        good = read_field(key, token, usual, out, allow_said) && good;
        skip(reader, token);
    }
    return good && allow_said && token.kind == Kind::map_end;
}

}  // namespace

void put_authorizer_question(const Session& session, std::string_view realm, const Deed& deed, ByteBuffer& out) {
    MsgpackWriter writer(out);
    const auto put = [&](std::string_view name, std::string_view value) {
        writer.key(name);
        writer.text(value);
    };
    writer.list_begin(4);
    writer.map_begin(6);
    writer.key("session");
    writer.unsigned_integer(session.id.value);
    put("authid", session.authid);
    put("authrole", session.authrole);
    put("authmethod", session.authmethod);
    put("authprovider", session.authprovider);
    put("realm", realm);
    writer.map_end();
    writer.text(deed.what.uri);
    writer.text(name_of(deed.action));
    const bool pattern = deed.action == Action::subscribe || deed.action == Action::register_;
    writer.map_begin(pattern ? 1 : 0);
    if (pattern) put("match", heddle::name_of(deed.what.match));
    writer.map_end();
    writer.list_end();
}

AuthorizerVerdict read_authorizer_verdict(const Outcome& outcome, std::chrono::milliseconds cache) {
    AuthorizerVerdict verdict;
    if (!outcome.error.empty()) return verdict;
    verdict.cache = cache;
    PayloadForms forms(outcome.payload);
    verdict.good = read_verdict(forms.in(Encoding::msgpack).args, cache, verdict);
    verdict.nonsense = !verdict.good;
    return verdict;
}

}  // namespace heddle
