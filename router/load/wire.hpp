#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "serializers/encoding.hpp"

/// The few values that the load's messages are made of, written and read by hand. Not serializers/codec, on purpose: a
/// load must not share its mistakes with the router that it measures, and `bench/floor` is what is left when nothing is
/// validated.
namespace heddle::load {

/// Appends values to `out`. Texts are not escaped: the load's own need none.
class Writer {
 public:
    Writer(Encoding encoding, std::string& out) : encoding_(encoding), out_(out) {}
    void list(std::size_t count);
    void end_list() { end(']'); }
    void map(std::size_t count);
    void end_map() { end('}'); }
    void key(std::string_view name);
    void uint(std::uint64_t value);
    void text(std::string_view value);
    /// Values that are encoded already, in JSON with their commas.
    void raw(std::string_view values);

 private:
    void next() {
        if (encoding_ != Encoding::json) return;
        if (comma_) out_.push_back(',');
        comma_ = true;
    }
    void end(char bracket) {
        if (encoding_ == Encoding::json) out_.push_back(bracket);
        comma_ = true;
    }
    void head(unsigned major, std::uint64_t value);  // CBOR
    void put_big_endian(std::uint64_t value, int bytes);

    Encoding encoding_;
    std::string& out_;
    bool comma_ = false;
};

/// What is left of a message's list: encoded values and how many (0 in JSON, which does not say).
struct Rest {
    std::string_view bytes;
    std::size_t count = 0;
};

/// Reads values from a message. Broken input makes `failed` true and every later answer empty; nothing is read out of
/// bounds.
class Reader {
 public:
    Reader(Encoding encoding, std::string_view message) : encoding_(encoding), left_(message) {}
    /// Opens a list and tells how many values it has (JSON: 0).
    std::size_t list();
    std::uint64_t uint();
    /// JSON: what stands between the quotes, escapes included.
    std::string_view text();
    /// The bytes of the next value, whatever it is.
    std::string_view skip();
    /// What the message's list still has, given how many values it had and how many were read.
    Rest rest(std::size_t count, std::size_t read);
    bool failed() const { return failed_; }

 private:
    std::string_view take(std::size_t bytes);
    std::uint64_t big_endian(std::size_t bytes);
    std::uint64_t head(unsigned& major, unsigned& info);  // CBOR
    void blank();                                         // JSON: spaces and commas
    std::string_view json_string();
    void skip_json();
    void skip_msgpack();
    void skip_cbor(int depth);
    bool fail() {
        failed_ = true;
        left_ = {};
        return false;
    }

    Encoding encoding_;
    std::string_view left_;
    bool failed_ = false;
};

}  // namespace heddle::load
