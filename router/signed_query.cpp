#include "router/signed_query.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>

#include "realms/auth/digest.hpp"
#include "serializers/base64.hpp"
#include "serializers/escapes.hpp"

namespace heddle {
namespace {

constexpr std::int64_t off_max = 300'000;  // ms
constexpr std::array<std::string_view, 5> names = {"key", "timestamp", "seq", "nonce", "signature"};
enum : std::size_t { key_field, timestamp_field, seq_field, nonce_field, signature_field };

struct Fields {
    std::array<std::optional<std::string>, names.size()> values;
    const std::string& operator[](std::size_t field) const { return *values[field]; }
};

SignatureVerdict bad(std::size_t field, std::string why) {
    return {400, names[field], "query field " + std::string(names[field]) + " " + std::move(why)};
}

/// As forms are encoded: a plus is a space.
bool form_decode(std::string_view text, std::string& out) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return percent_decode(spaced, out);
}

SignatureVerdict read(std::string_view query, Fields& fields) {
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        const std::size_t equals = pair.find('=');
        const auto name = std::find(names.begin(), names.end(), pair.substr(0, equals));
        if (name == names.end()) continue;
        const auto field = static_cast<std::size_t>(name - names.begin());
        std::optional<std::string>& value = fields.values[field];
        if (value) return bad(field, "is there twice");
        value.emplace();
        if (equals != std::string_view::npos && !form_decode(pair.substr(equals + 1), *value))
            return bad(field, "has a broken percent escape");
    }
    for (std::size_t field = 0; field < names.size(); ++field)
        if (!fields.values[field]) return bad(field, "is missing: requests to this path are signed");
    return {};
}

bool number(std::string_view text) {
    return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "2026-11-21T10:12:04.118Z", the fraction of any length or not there, as Unix milliseconds.
std::optional<std::int64_t> time_of(std::string_view text) {
    constexpr std::string_view form = "0000-00-00T00:00:00";
    if (text.size() < form.size() + 1 || !text.ends_with('Z')) return std::nullopt;
    for (std::size_t i = 0; i < form.size(); ++i)
        if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]) return std::nullopt;
    std::string_view fraction = text.substr(form.size());
    fraction.remove_suffix(1);
    std::int64_t ms = 0;
    if (!fraction.empty()) {
        if (!fraction.starts_with('.') || !number(fraction.substr(1))) return std::nullopt;
        for (std::size_t i = 1; i <= 3; ++i) ms = ms * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
    }
    const auto part = [&](std::size_t at, std::size_t size) {
        int value = 0;
        for (std::size_t i = at; i < at + size; ++i) value = value * 10 + (text[i] - '0');
        return value;
    };
    std::tm broken{};
    broken.tm_year = part(0, 4) - 1900;
    broken.tm_mon = part(5, 2) - 1;
    broken.tm_mday = part(8, 2);
    broken.tm_hour = part(11, 2);
    broken.tm_min = part(14, 2);
    broken.tm_sec = part(17, 2);
    if (broken.tm_mon < 0 || broken.tm_mon > 11 || broken.tm_mday < 1 || broken.tm_mday > 31 || broken.tm_hour > 23 ||
        broken.tm_min > 59 || broken.tm_sec > 60)
        return std::nullopt;
    return static_cast<std::int64_t>(timegm(&broken)) * 1000 + ms;
}

std::string sign(const Fields& fields, std::string_view body, std::string_view secret) {
    std::string text;
    for (const std::size_t field : {key_field, timestamp_field, seq_field, nonce_field}) text += fields[field];
    text += body;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), digest.data(), &size);
    std::string signature = base64::encode({reinterpret_cast<const char*>(digest.data()), size});
    std::replace(signature.begin(), signature.end(), '+', '-');
    std::replace(signature.begin(), signature.end(), '/', '_');
    return signature;
}

}  // namespace

SignatureVerdict check_signature(std::string_view query, std::string_view body, std::string_view key,
                                 std::string_view secret, std::int64_t now, Nonces& nonces) {
    Fields fields;
    if (SignatureVerdict verdict = read(query, fields); verdict.status != 200) return verdict;
    const auto time = time_of(fields[timestamp_field]);
    if (!time) return bad(timestamp_field, "must be UTC like 2026-11-21T10:12:04.118Z");
    for (const std::size_t field : {seq_field, nonce_field})
        if (!number(fields[field])) return bad(field, "must be a whole number of at most 20 digits");
    if (*time > now + off_max || *time < now - off_max)
        return bad(timestamp_field, "is more than 300 s away from the router's clock");
    std::string shown = fields[signature_field];
    while (shown.size() % 4 != 0) shown += '=';
    const std::string signature = sign(fields, body, secret);
    const bool signed_so = auth::same(shown, signature);
    if (!auth::same(fields[key_field], key)) return {401, names[key_field], "query field key names no key of this path"};
    if (!signed_so) return {401, names[signature_field], "query field signature does not belong to this request"};
    // Nothing divides seq from nonce in what is signed: "1" and "23" are signed like "12" and "3". So the signature, too,
    // is good once.
    for (const std::string& once : {signature, fields[nonce_field]}) {
        switch (nonces.use(fields[key_field] + '\n' + once, (*time + off_max) / 1000 + 1, now / 1000)) {
            case Nonces::Found::used:
                return {401, names[nonce_field], "query field nonce was used before"};
            case Nonces::Found::full:
                return {429, names[nonce_field], "too many signed requests in the last minutes"};
            case Nonces::Found::fresh:
                break;
        }
    }
    return {};
}

}  // namespace heddle
