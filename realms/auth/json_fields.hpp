#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A JSON object whose members are looked up by name: headers, claims, keys. Small texts only.
namespace heddle::auth {

class JsonFields {
 public:
    /// Nothing for what is no object, is nested deeper than 16, or names a member twice. Views of `text`.
    static std::optional<JsonFields> read(std::string_view text);

    bool has(std::string_view name) const { return find(name) != nullptr; }
    /// The member's own JSON text; empty where there is none.
    std::string_view raw(std::string_view name) const { return has(name) ? find(name)->value : std::string_view(); }
    /// Nothing also where the member is of another type.
    std::optional<std::string> text(std::string_view name) const;
    /// A number, rounded down; NaN and what exceeds 64 bits is nothing.
    std::optional<std::int64_t> seconds(std::string_view name) const;
    /// One text, or a list of nothing but texts.
    std::optional<std::vector<std::string>> texts(std::string_view name) const;
    std::optional<JsonFields> object(std::string_view name) const;
    /// The elements of a list, each as its own JSON text.
    std::optional<std::vector<std::string_view>> list(std::string_view name) const;

 private:
    struct Member {
        std::string name;
        std::string_view value;
    };
    const Member* find(std::string_view name) const;
    std::vector<Member> members_;
};

}  // namespace heddle::auth
