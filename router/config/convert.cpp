#include "router/config/convert.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "router/config/nearest.hpp"
#include "router/config/units.hpp"

namespace heddle::config {
namespace {

std::string trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return std::string(text);
}

std::string absolute(const std::string& base, std::string_view name) {
    return (std::filesystem::path(base) / std::filesystem::path(name)).lexically_normal().string();
}

/// One setting on its way into its field.
class Conversion {
 public:
    Conversion(const Setting& setting, const Table& table, const Folders& folders, Mistakes& mistakes)
        : setting_(setting), key_(*setting.key), table_(table), folders_(folders), mistakes_(mistakes) {}

    void into(const Field& field) {
        if (auto* text = std::get_if<std::string*>(&field)) return into_text(**text);
        if (auto* texts = std::get_if<std::vector<std::string>*>(&field)) return into_texts(**texts);
        if (auto* listener = std::get_if<ListenerSettings*>(&field)) return into_address(**listener);
        if (auto* bits = std::get_if<Bits>(&field)) return into_bits(*bits);
        if (auto* flag = std::get_if<bool*>(&field)) return into_flag(**flag);
        std::uint64_t number = 0;
        if (!read_number(number)) return;
        if (auto* size = std::get_if<std::size_t*>(&field)) **size = static_cast<std::size_t>(number);
        if (auto* count = std::get_if<int*>(&field)) **count = static_cast<int>(number);
        if (auto* time = std::get_if<std::chrono::milliseconds*>(&field)) **time = std::chrono::milliseconds(number);
    }

 private:
    void fail(const RawValue& at, std::string message, std::string hint = {}) {
        if (setting_.origin.from == Origin::From::file)
            return mistakes_.error(at.spot, std::move(message), std::move(hint));
        mistakes_.add({{}, std::move(message), std::move(hint), setting_.origin.name, false});
    }
    void fail(std::string message, std::string hint = {}) { fail(setting_.value, std::move(message), std::move(hint)); }
    std::string what() const { return "\"" + std::string(key_.name) + "\" in " + title(table_); }

    static std::string_view kind_of(const RawValue& value) {
        constexpr std::string_view kinds[] = {"a text",        "an integer", "a fractional number",
                                              "true or false", "a list",     "a table or a date"};
        return kinds[static_cast<std::size_t>(value.type)];
    }
    void wrong_type(const RawValue& value, std::string_view due) {
        std::string hint = key_.type == Type::count ? "a plain number, " + spell_range(key_) : "like " + spell_sample();
        fail(value, what() + " is " + std::string(due) + ", not " + std::string(kind_of(value)), hint);
    }
    std::string spell_sample() const {
        switch (key_.type) {
            case Type::size:
                return "\"1MiB\"";
            case Type::time:
                return "\"5s\"";
            case Type::count:
                return "1000";
            case Type::texts:
                return "[\"..\"]";
            case Type::choices:
                return "[\"" + std::string(words(key_.choices).front()) + "\"]";
            case Type::flag:
                return "true";
            case Type::choice:
                return "\"" + std::string(words(key_.choices).front()) + "\"";
            default:
                return "\"" + std::string(key_.sample) + "\"";
        }
    }

    void into_text(std::string& text) {
        if (setting_.value.type != RawValue::Type::text) return wrong_type(setting_.value, "a text");
        const std::string& written = setting_.value.text;
        bool may_be_empty = key_.sample.empty() || key_.name == "uri";  // prefix "" fits everything
        if (written.empty() && !may_be_empty) return fail(what() + " is empty");
        bool file = key_.type == Type::file || key_.type == Type::folder;
        text = file && !written.empty() ? absolute(folders_.file, written) : written;
    }

    /// The items of a list; from outside the file: separated by commas.
    bool items(std::vector<RawValue>& out) {
        const RawValue& value = setting_.value;
        if (value.type == RawValue::Type::list) {
            out = value.items;
        } else if (value.loose) {
            std::string_view rest = value.text;
            while (!rest.empty()) {
                std::string_view item = rest.substr(0, rest.find(','));
                rest.remove_prefix(std::min(rest.size(), item.size() + 1));
                RawValue one;
                one.type = RawValue::Type::text;
                one.text = trimmed(item);
                out.push_back(std::move(one));
            }
        } else {
            wrong_type(value, "a list");
            return false;
        }
        for (const RawValue& item : out) {
            if (item.type == RawValue::Type::text) continue;
            wrong_type(item, "a list of texts");
            return false;
        }
        return true;
    }

    void into_texts(std::vector<std::string>& texts) {
        std::vector<RawValue> list;
        if (!items(list)) return;
        texts.clear();
        for (const RawValue& item : list) texts.push_back(item.text);
    }

    void into_address(ListenerSettings& listener) {
        if (setting_.value.type != RawValue::Type::text) return wrong_type(setting_.value, "an address");
        if (parse_listen_address(setting_.value.text, folders_, listener)) return;
        fail("\"" + setting_.value.text + "\" is no address", "host:port, [::]:port or unix:NAME");
    }

    /// The place of `item` among the choices.
    bool choose(const RawValue& item, unsigned& index) {
        auto choices = words(key_.choices);
        auto found = std::find(choices.begin(), choices.end(), item.text);
        index = static_cast<unsigned>(found - choices.begin());
        if (found != choices.end()) return true;
        auto near = nearest(item.text, choices);
        std::string all;
        for (std::string_view choice : choices) all += (all.empty() ? "" : ", ") + std::string(choice);
        fail(item, "unknown value \"" + item.text + "\" for " + what(),
             (near.empty() ? "" : "did you mean \"" + std::string(near) + "\"? ") + "all: " + all);
        return false;
    }

    void into_bits(const Bits& bits) {
        unsigned index = 0;
        if (key_.type == Type::choice) {
            if (setting_.value.type != RawValue::Type::text) return wrong_type(setting_.value, "a text");
            if (choose(setting_.value, index)) bits.set(bits.object, index);
            return;
        }
        std::vector<RawValue> list;
        if (!items(list)) return;
        unsigned all = 0;
        for (const RawValue& item : list) {
            if (choose(item, index)) all |= 1u << index;
        }
        bits.set(bits.object, all);
    }

    void into_flag(bool& flag) {
        const RawValue& value = setting_.value;
        const bool known = value.text == "true" || value.text == "false";
        if (!known || (value.type != RawValue::Type::boolean && !value.loose))
            return wrong_type(value, "true or false");
        flag = value.text == "true";
    }

    /// In bytes, milliseconds or things.
    bool read_number(std::uint64_t& number) {
        const RawValue& value = setting_.value;
        Unit due = key_.type == Type::size ? Unit::size : key_.type == Type::time ? Unit::time : Unit::none;
        std::string due_name = "a " + std::string(name_of(due));
        if (value.type == RawValue::Type::integer && due == Unit::none) {
            if (value.integer < 0) return out_of_range(value.text);
            number = static_cast<std::uint64_t>(value.integer);
        } else if (value.type == RawValue::Type::integer || value.type == RawValue::Type::real) {
            if (due == Unit::none) return wrong_type(value, "a count"), false;
            return fail(what() + " is " + due_name + " and needs a unit",
                        "like " + spell_sample() + "; units: " + std::string(units_of(due))),
                   false;
        } else if (value.type != RawValue::Type::text || (due == Unit::none && !value.loose)) {
            return wrong_type(value, due_name), false;
        } else if (!read_quantity(value.text, due, number)) {
            return false;
        }
        if (number < key_.range.min || number > key_.range.max) return out_of_range(value.text);
        return true;
    }

    bool read_quantity(const std::string& text, Unit due, std::uint64_t& number) {
        auto quantity = parse_quantity(text);
        std::string due_name = "a " + std::string(name_of(due));
        std::string units = due == Unit::none ? "a plain number" : "units: " + std::string(units_of(due));
        std::string like = due == Unit::none ? units : "like " + spell_sample() + "; " + units;
        bool bare = !text.empty() && text.find_first_not_of("0123456789.") == text.npos;
        if (bare && due != Unit::none) return fail(what() + " is " + due_name + " and needs a unit", like), false;
        if (!quantity) return fail("\"" + text + "\" is not " + due_name, like), false;
        if (quantity->unit != due) {
            return fail(what() + " is " + due_name + ", and \"" + text + "\" is a " +
                            std::string(name_of(quantity->unit)),
                        units),
                   false;
        }
        number = quantity->value;
        if (due == Unit::time) {
            if (number % 1000 != 0) return fail(what() + " is finer than a millisecond"), false;
            number /= 1000;
        }
        return true;
    }

    bool out_of_range(const std::string& text) {
        fail(what() + " is out of range: " + text, "allowed: " + spell_range(key_));
        return false;
    }

    const Setting& setting_;
    const Key& key_;
    const Table& table_;
    const Folders& folders_;
    Mistakes& mistakes_;
};

}  // namespace

void convert(const Setting& setting, const Table& table, const Place& place, const Folders& folders,
             Mistakes& mistakes) {
    Conversion(setting, table, folders, mistakes).into(setting.key->field(place));
}

bool parse_listen_address(std::string_view text, const Folders& folders, ListenerSettings& into) {
    constexpr std::string_view unix_prefix = "unix:";
    if (text.find('\0') != text.npos) return false;
    if (text.starts_with(unix_prefix)) {
        std::string_view name = text.substr(unix_prefix.size());
        if (name.empty() || name.back() == '/') return false;
        into.unix_path = absolute(name.find('/') == name.npos ? folders.runtime : folders.file, name);
        into.host.clear();
        into.port = 0;
        return true;
    }
    std::size_t colon = text.rfind(':');
    if (colon == text.npos) return false;
    std::string_view host = text.substr(0, colon), port = text.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find_first_of(":[]") != host.npos) {
        return false;  // an IPv6 address without its brackets
    }
    std::uint16_t number = 0;
    auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    const auto in_name = [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F; };
    if (!std::all_of(host.begin(), host.end(), in_name)) return false;
    if (host.empty() || port.empty() || error != std::errc() || end != port.data() + port.size()) return false;
    into.host = std::string(host);
    into.port = number;
    into.unix_path.clear();
    return true;
}

}  // namespace heddle::config
