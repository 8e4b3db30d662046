#include "router/config/schema.hpp"
#include "router/config/units.hpp"

namespace heddle::config {
namespace {

std::string toml_quoted(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string list_of(const std::vector<std::string>& texts) {
    std::string out = "[";
    for (const std::string& text : texts) out += (out.size() > 1 ? ", " : "") + toml_quoted(text);
    return out + "]";
}

std::string grouped(std::uint64_t number) {  // 100_000
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) {
        if (digits.size() > 4) digits.insert(at - 3, "_");
    }
    return digits;
}

std::string spell_bits(const Key& key, unsigned value) {
    auto choices = words(key.choices);
    if (key.type == Type::choice) return toml_quoted(value < choices.size() ? choices[value] : "?");
    std::vector<std::string> set;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (value >> i & 1u) set.emplace_back(choices[i]);
    }
    return list_of(set);
}

std::string spell_address(const ListenerSettings& listener) {
    if (!listener.unix_path.empty()) return toml_quoted("unix:" + listener.unix_path);
    if (listener.host.empty() && listener.port == 0) return toml_quoted("");
    bool v6 = listener.host.find(':') != std::string::npos;
    return toml_quoted((v6 ? "[" + listener.host + "]" : listener.host) + ":" + std::to_string(listener.port));
}

std::string spell_number(const Key& key, std::uint64_t number) {
    if (key.type == Type::size) return toml_quoted(format_size(number));
    if (key.type == Type::time) return toml_quoted(format_time(std::chrono::milliseconds(number)));
    return grouped(number);
}

}  // namespace

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        std::string_view word = text.substr(0, text.find(' '));
        if (!word.empty()) out.push_back(word);
        text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
    return out;
}

std::string spell(const Key& key, const Field& field) {
    if (auto* text = std::get_if<std::string*>(&field)) return toml_quoted(**text);
    if (auto* texts = std::get_if<std::vector<std::string>*>(&field)) return list_of(**texts);
    if (auto* size = std::get_if<std::size_t*>(&field)) return spell_number(key, **size);
    if (auto* count = std::get_if<int*>(&field)) return spell_number(key, static_cast<std::uint64_t>(**count));
    if (auto* time = std::get_if<std::chrono::milliseconds*>(&field))
        return spell_number(key, static_cast<std::uint64_t>((*time)->count()));
    if (auto* listener = std::get_if<ListenerSettings*>(&field)) return spell_address(**listener);
    if (auto* flag = std::get_if<bool*>(&field)) return **flag ? "true" : "false";
    const Bits& bits = std::get<Bits>(field);
    return spell_bits(key, bits.get(bits.object));
}

std::string spell_range(const Key& key) {
    if (key.type != Type::size && key.type != Type::time && key.type != Type::count) return {};
    auto plain = [&](std::uint64_t number) {
        std::string text = spell_number(key, number);
        return text.front() == '"' ? text.substr(1, text.size() - 2) : text;
    };
    return plain(key.range.min) + " to " + plain(key.range.max);
}

std::string_view name_of(Type type) {
    constexpr std::string_view names[] = {"text", "choice", "list of choices", "list of texts", "size",
                                          "time", "count",  "address",         "file",          "folder", "true or false"};
    return names[static_cast<std::size_t>(type)];
}

std::string environment_name(const Table& table, const Key& key) {
    if (!table.overridable) return {};
    std::string name = "HEDDLE_" + std::string(table.path) + (table.list ? "__<NAME>__" : "__") + std::string(key.name);
    for (char& c : name) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return name;
}

}  // namespace heddle::config
