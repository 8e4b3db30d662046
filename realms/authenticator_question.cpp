#include "realms/authenticator_question.hpp"

#include "realms/auth/cryptosign.hpp"
#include "realms/auth/digest.hpp"
#include "realms/auth/json_fields.hpp"
#include "realms/auth/text.hpp"
#include "serializers/msgpack_writer.hpp"

namespace heddle {
namespace {

using auth::JsonFields;

std::string hex_of(const PeerFacts::Digest& digest) {
    return auth::to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

void put_transport(MsgpackWriter& writer, const PeerFacts& facts) {
    writer.key("transport");
    writer.map_begin(3);
    writer.key("type");
    writer.text(facts.transport);
    writer.key("peer");
    writer.text(facts.address);
    writer.key("secure");
    writer.boolean(facts.secure);
    writer.map_end();
}

bool read_cra(const JsonFields& fields, AuthenticatorAnswer& out) {
    const auto secret = fields.text("secret");
    if (!secret || secret->empty()) return false;
    out.cra.key = *secret;
    if (const auto salt = fields.text("salt"); salt && !salt->empty()) {
        const auto iterations = fields.seconds("iterations").value_or(1'000);
        const auto keylen = fields.seconds("keylen").value_or(32);
        if (iterations < 1 || iterations > 10'000'000 || keylen < 16 || keylen > 64) return false;
        out.cra.salt = *salt;
        out.cra.iterations = static_cast<std::uint32_t>(iterations);
        out.cra.keylen = static_cast<std::uint32_t>(keylen);
    }
    return true;
}

/// Crossbar has salt and keys in hexadecimal digits; base64 is as good.
bool read_scram(const JsonFields& fields, AuthenticatorAnswer& out) {
    const auto salt = fields.text("salt"), stored = fields.text("stored-key"), server = fields.text("server-key");
    if (!salt || !stored || !server) return false;
    const bool hex = stored->size() == 2 * auth::digest_size;
    const auto bytes = [&](const std::string& text) { return hex ? auth::from_hex(text) : auth::from_base64(text); };
    const auto salt_bytes = bytes(*salt), stored_key = bytes(*stored), server_key = bytes(*server);
    const auto cost = auth::parse_cost(fields.text("kdf").value_or("pbkdf2"), fields.seconds("iterations").value_or(0),
                                       fields.seconds("memory").value_or(0));
    if (!cost || !salt_bytes || salt_bytes->size() < 8 || salt_bytes->size() > 64) return false;
    if (!stored_key || stored_key->size() != auth::digest_size) return false;
    if (!server_key || server_key->size() != auth::digest_size) return false;
    out.verifier = {*cost, *salt_bytes, *stored_key, *server_key};
    return true;
}

bool read_keys(const JsonFields& fields, AuthenticatorAnswer& out) {
    std::vector<std::string> texts;
    for (const std::string_view name : {"pubkey", "pubkeys", "authorized_keys"})
        for (std::string& text : fields.texts(name).value_or(std::vector<std::string>()))
            texts.push_back(std::move(text));
    for (const std::string& text : texts) {
        const auto key = auth::from_hex(text);
        if (!key || key->size() != auth::key_size) return false;
        out.keys.push_back(*key);
    }
    return !out.keys.empty();
}

bool read_proof(AuthMethod method, const JsonFields& fields, AuthenticatorAnswer& out) {
    if (method == AuthMethod::wampcra) return read_cra(fields, out);
    if (method == AuthMethod::scram) return read_scram(fields, out);
    if (method == AuthMethod::cryptosign) return read_keys(fields, out);
    return true;
}

AuthenticatorAnswer no(std::string_view why) {
    AuthenticatorAnswer answer;
    answer.why = why;
    return answer;
}

/// The first argument, or else the keywords, as JSON; empty: there is nothing.
std::string result_of(const Payload& payload) {
    PayloadForms forms(payload);
    const Payload json = forms.in(Encoding::json);
    const std::string wrapped = "{\"a\":" + std::string(json.args.empty() ? "[]" : json.args) + "}";
    const auto list = JsonFields::read(wrapped);
    const auto elements = list ? list->list("a") : std::nullopt;
    if (elements && !elements->empty()) return std::string(elements->front());
    return std::string(json.kwargs);
}

}  // namespace

void put_authenticator_question(const Attempt& attempt, std::string_view realm, const PeerFacts& facts,
                                std::string_view secret, ByteBuffer& out) {
    MsgpackWriter writer(out);
    PayloadForms extra(attempt.hello_extra.view());
    const auto put = [&](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        writer.key(name);
        writer.text(value);
    };
    writer.list_begin(3);
    writer.text(realm);
    writer.text(attempt.authid);
    writer.map_begin();
    put("authmethod", attempt.as.method);
    writer.key("session");
    writer.unsigned_integer(attempt.as.session.value);
    put_transport(writer, facts);
    if (!extra.origin().kwargs.empty()) {
        writer.key("authextra");
        writer.splice(extra.in(Encoding::msgpack).kwargs);
    }
    put("ticket", secret);
    if (attempt.method == AuthMethod::tls && facts.certificate) {
        put("certificate", hex_of(*facts.certificate));
        put("certificate_name", facts.certificate_name);
    }
    writer.map_end();
    writer.list_end();
}

AuthenticatorAnswer read_authenticator_answer(const Outcome& outcome, AuthMethod method, std::string_view realm) {
    if (!outcome.error.empty()) return no("error");
    const std::string result = result_of(outcome.payload);
    AuthenticatorAnswer answer;
    if (!result.empty() && result.front() == '"') {
        const std::string wrapped = "{\"t\":" + result + "}";
        const auto text = JsonFields::read(wrapped);
        answer.role = text ? text->text("t").value_or("") : "";
        if (!read_proof(method, *JsonFields::read("{}"), answer)) return no("nonsense");
    } else {
        const auto fields = JsonFields::read(result);
        if (!fields) return no("nonsense");
        answer.role = fields->text("role").value_or("");
        answer.authid = fields->text("authid").value_or("");
        if (const auto where = fields->text("realm"); where && *where != realm) return no("other_realm");
        if (answer.authid.size() > authid_bytes_max || !read_proof(method, *fields, answer)) return no("nonsense");
        if (const std::string_view extra = fields->raw("extra"); extra.starts_with('{')) answer.extra = extra;
    }
    answer.good = !answer.role.empty();
    if (!answer.good) answer.why = "nonsense";
    return answer;
}

}  // namespace heddle
