#pragma once
#include <cassert>
#include <optional>
#include <string_view>
#include <vector>

#include "serializers/messages.hpp"
#include "serializers/rules.hpp"
#include "serializers/transcode.hpp"

namespace heddle::detail {

/// Writes one message field by field: the mirror of Fields. Entries of a map are left out where the value is the
/// default.
template <class Writer>
class Out {
 public:
    Out(Encoding encoding, ByteBuffer& out) : writer_(out), out_(out), encoding_(encoding) {}

    /// `fields`: how many follow the code, not counting the payload's.
    void begin(const MessageRule& rule, std::size_t fields, const Payload& payload = {}) {
        writer_.list_begin(1 + fields + (!payload.kwargs.empty() ? 2 : !payload.args.empty() ? 1 : 0));
        writer_.unsigned_integer(rule.code);
    }
    void end() { writer_.list_end(); }
    /// The last fields, and the list's end.
    void end(const Payload& payload) {
        if (!payload.empty()) {
            if (payload.args.empty())
                empty_list();
            else
                carry(payload.origin, payload.args, false);
            if (!payload.kwargs.empty()) carry(payload.origin, payload.kwargs, true);
        }
        end();
    }

    void id(std::uint64_t value) { writer_.unsigned_integer(value); }
    template <class Tag>
    void id(Id<Tag> value) {
        writer_.unsigned_integer(value.value);
    }
    void text(std::string_view value) { writer_.text(value); }
    void empty_map() {
        writer_.map_begin(0);
        writer_.map_end();
    }
    void map_begin() { writer_.map_begin(); }
    void map_end() { writer_.map_end(); }
    void carried_map(const Payload& payload) {
        if (payload.kwargs.empty())
            empty_map();
        else
            carry(payload.origin, payload.kwargs, true);
    }

    // Entries of a map, left out where the value is the default.
    void key(std::string_view name) { writer_.key(name); }
    void entry(std::string_view name, bool value, bool unless = false) {
        if (value == unless) return;
        writer_.key(name);
        writer_.boolean(value);
    }
    void entry(std::string_view name, std::string_view value) {
        if (value.empty()) return;
        writer_.key(name);
        writer_.text(value);
    }
    void entry(std::string_view name, const char* value) = delete;  // would be a bool
    template <class Tag>
    void entry(std::string_view name, Id<Tag> value) {
        if (value) entry(name, std::optional(value.value));
    }
    void entry(std::string_view name, const std::optional<std::uint64_t>& value) {
        if (!value) return;
        writer_.key(name);
        writer_.unsigned_integer(*value);
    }
    void entry(std::string_view name, const std::optional<std::vector<std::uint64_t>>& list) {
        if (!list) return;
        writer_.key(name);
        writer_.list_begin(list->size());
        for (const std::uint64_t value : *list) writer_.unsigned_integer(value);
        writer_.list_end();
    }
    void entry(std::string_view name, const std::optional<std::vector<std::string_view>>& list) {
        if (list) entry(name, *list);
    }
    void entry(std::string_view name, const std::vector<std::string_view>& list) {
        writer_.key(name);
        writer_.list_begin(list.size());
        for (const std::string_view value : list) writer_.text(value);
        writer_.list_end();
    }

    /// A dictionary that is carried; left out where it is empty.
    void entry(std::string_view name, const Payload& carried) {
        if (carried.kwargs.empty()) return;
        writer_.key(name);
        carry(carried.origin, carried.kwargs, true);
    }
    void entries(const SharedExtras& extras) {
        if (!extras) return;
        for (const Extras::Entry& entry : extras->entries) {
            writer_.key(entry.key);
            carry(extras->origin, entry.value, false);
        }
    }

 private:
    void empty_list() {
        writer_.list_begin(0);
        writer_.list_end();
    }
    void carry(Encoding origin, std::string_view value, bool map) {
        if (origin == encoding_) return writer_.splice(value);
        writer_.splice({});  // an element begins here; the transcoder appends it
        if (transcode(origin, value, encoding_, out_)) return;
        assert(false && "a payload that no decoder has checked");
        Writer nothing(out_);
        map ? nothing.map_begin(0) : nothing.list_begin(0);
        map ? nothing.map_end() : nothing.list_end();
    }

    Writer writer_;
    ByteBuffer& out_;
    Encoding encoding_;
};

}  // namespace heddle::detail
