#include "router/load/wire.hpp"

#include <charconv>

namespace heddle::load {

namespace {
constexpr std::uint64_t none = 0;

unsigned char byte(char c) { return static_cast<unsigned char>(c); }
}  // namespace

void Writer::put_big_endian(std::uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) out_.push_back(static_cast<char>(value >> (8 * i)));
}

void Writer::head(unsigned major, std::uint64_t value) {
    auto first = [&](unsigned info) { out_.push_back(static_cast<char>(major << 5 | info)); };
    if (value < 24) return first(static_cast<unsigned>(value));
    int size_log2 = value <= 0xff ? 0 : value <= 0xffff ? 1 : value <= 0xffffffff ? 2 : 3;
    first(24 + static_cast<unsigned>(size_log2));
    put_big_endian(value, 1 << size_log2);
}

void Writer::list(std::size_t count) {
    next();
    comma_ = false;
    if (encoding_ == Encoding::json) return out_.push_back('[');
    if (encoding_ == Encoding::cbor) return head(4, count);
    out_.push_back(static_cast<char>(0x90 | count));  // the load has no longer lists
}

void Writer::map(std::size_t count) {
    next();
    comma_ = false;
    if (encoding_ == Encoding::json) return out_.push_back('{');
    if (encoding_ == Encoding::cbor) return head(5, count);
    out_.push_back(static_cast<char>(0x80 | count));
}

void Writer::key(std::string_view name) {
    text(name);
    if (encoding_ != Encoding::json) return;
    out_.push_back(':');
    comma_ = false;
}

void Writer::uint(std::uint64_t value) {
    next();
    if (encoding_ == Encoding::json) {
        char digits[20];
        auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        out_.append(digits, static_cast<std::size_t>(end - digits));
        return;
    }
    if (encoding_ == Encoding::cbor) return head(0, value);
    if (value < 128) return out_.push_back(static_cast<char>(value));
    int size_log2 = value <= 0xff ? 0 : value <= 0xffff ? 1 : value <= 0xffffffff ? 2 : 3;
    out_.push_back(static_cast<char>(0xcc + size_log2));
    put_big_endian(value, 1 << size_log2);
}

void Writer::text(std::string_view value) {
    next();
    if (encoding_ == Encoding::json) {
        out_.push_back('"');
        out_.append(value);
        return out_.push_back('"');
    }
    if (encoding_ == Encoding::cbor) {
        head(3, value.size());
    } else if (value.size() < 32) {
        out_.push_back(static_cast<char>(0xa0 | value.size()));
    } else {
        int size_log2 = value.size() <= 0xff ? 0 : value.size() <= 0xffff ? 1 : 2;
        out_.push_back(static_cast<char>(0xd9 + size_log2));
        put_big_endian(value.size(), 1 << size_log2);
    }
    out_.append(value);
}

void Writer::raw(std::string_view values) {
    if (values.empty()) return;
    next();
    out_.append(values);
}

std::string_view Reader::take(std::size_t bytes) {
    if (bytes > left_.size()) return fail(), std::string_view();
    auto taken = left_.substr(0, bytes);
    left_.remove_prefix(bytes);
    return taken;
}

std::uint64_t Reader::big_endian(std::size_t bytes) {
    std::uint64_t value = 0;
    for (char c : take(bytes)) value = value << 8 | byte(c);
    return value;
}

std::uint64_t Reader::head(unsigned& major, unsigned& info) {
    auto first = take(1);
    if (first.empty()) return major = info = 0, none;
    major = byte(first[0]) >> 5;
    info = byte(first[0]) & 31u;
    if (info < 24) return info;
    if (info < 28) return big_endian(std::size_t{1} << (info - 24));
    if (info < 31) fail();
    return none;
}

void Reader::blank() {
    while (!left_.empty() &&
           (left_[0] == ',' || left_[0] == ' ' || left_[0] == '\n' || left_[0] == '\t' || left_[0] == '\r'))
        left_.remove_prefix(1);
}

std::size_t Reader::list() {
    if (encoding_ == Encoding::json) {
        blank();
        if (take(1) != "[") fail();
        return 0;
    }
    if (encoding_ == Encoding::cbor) {
        unsigned major, info;
        auto count = head(major, info);
        if (major != 4 || info == 31) fail();
        return failed_ ? 0 : count;
    }
    auto first = take(1);
    if (first.empty()) return 0;
    if ((byte(first[0]) & 0xf0u) == 0x90) return byte(first[0]) & 15u;
    if (byte(first[0]) == 0xdc) return big_endian(2);
    if (byte(first[0]) == 0xdd) return big_endian(4);
    return fail(), 0;
}

std::uint64_t Reader::uint() {
    if (encoding_ == Encoding::json) {
        blank();
        std::uint64_t value = 0;
        auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), value);
        if (error != std::errc()) return fail(), none;
        left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
        return value;
    }
    if (encoding_ == Encoding::cbor) {
        unsigned major, info;
        auto value = head(major, info);
        if (major != 0 || info == 31) fail();
        return failed_ ? none : value;
    }
    auto first = take(1);
    if (first.empty()) return none;
    unsigned tag = byte(first[0]);
    if (tag < 128) return tag;
    if (tag >= 0xcc && tag <= 0xcf) return big_endian(std::size_t{1} << (tag - 0xcc));
    if (tag >= 0xd0 && tag <= 0xd3)
        return big_endian(std::size_t{1} << (tag - 0xd0));  // signed form of an id, as some routers write it
    return fail(), none;
}

std::string_view Reader::text() {
    if (encoding_ == Encoding::json) {
        blank();
        return json_string();
    }
    if (encoding_ == Encoding::cbor) {
        unsigned major, info;
        auto size = head(major, info);
        if (major != 3 || info == 31) fail();
        return failed_ ? std::string_view() : take(size);
    }
    auto first = take(1);
    if (first.empty()) return {};
    unsigned tag = byte(first[0]);
    if ((tag & 0xe0u) == 0xa0) return take(tag & 31u);
    if (tag >= 0xd9 && tag <= 0xdb) {
        auto size = big_endian(std::size_t{1} << (tag - 0xd9));
        return take(size);
    }
    return fail(), std::string_view();
}

std::string_view Reader::skip() {
    if (encoding_ == Encoding::json) blank();
    auto before = left_;
    if (encoding_ == Encoding::json) skip_json();
    if (encoding_ == Encoding::cbor) skip_cbor(0);
    if (encoding_ == Encoding::msgpack) skip_msgpack();
    return failed_ ? std::string_view() : before.substr(0, before.size() - left_.size());
}

Rest Reader::rest(std::size_t count, std::size_t read) {
    if (encoding_ != Encoding::json) return {left_, count > read ? count - read : 0};
    blank();
    auto end = left_.find_last_of(']');
    if (end == left_.npos) return fail(), Rest();
    return {left_.substr(0, end), 0};
}

std::string_view Reader::json_string() {
    if (take(1) != "\"") return fail(), std::string_view();
    for (std::size_t i = 0; i < left_.size(); ++i) {
        if (left_[i] == '\\') {
            ++i;
        } else if (left_[i] == '"') {
            auto found = left_.substr(0, i);
            left_.remove_prefix(i + 1);
            return found;
        }
    }
    return fail(), std::string_view();
}

void Reader::skip_json() {
    std::size_t depth = 0;
    do {
        if (left_.empty()) return void(fail());
        char c = left_[0];
        if (c == '"') {
            json_string();
            continue;
        }
        if (c == ']' || c == '}') {
            if (depth-- == 0) return void(fail());
        }
        if (c == '[' || c == '{') ++depth;
        left_.remove_prefix(1);
        if (depth == 0 && c != ']' && c != '}') {  // a number or a word: up to what ends it
            auto end = left_.find_first_of(",]} \n\t\r");
            left_.remove_prefix(end == left_.npos ? left_.size() : end);
        }
    } while (depth > 0 && !failed_);
}

void Reader::skip_msgpack() {
    for (std::uint64_t values = 1; values > 0 && !failed_; --values) {
        auto first = take(1);
        if (first.empty()) return;
        unsigned tag = byte(first[0]);
        if (tag < 0x80 || tag >= 0xe0 || tag == 0xc0 || tag == 0xc2 || tag == 0xc3) continue;
        if (tag < 0x90)
            values += 2 * (tag & 15u);
        else if (tag < 0xa0)
            values += tag & 15u;
        else if (tag < 0xc0)
            take(tag & 31u);
        else if (tag >= 0xc4 && tag <= 0xc6)
            take(big_endian(std::size_t{1} << (tag - 0xc4)));
        else if (tag >= 0xc7 && tag <= 0xc9)
            take(big_endian(std::size_t{1} << (tag - 0xc7)) + 1);
        else if (tag == 0xca || tag == 0xcb)
            take(tag == 0xca ? 4 : 8);
        else if (tag >= 0xcc && tag <= 0xd3)
            take(std::size_t{1} << ((tag - 0xcc) & 3u));
        else if (tag >= 0xd4 && tag <= 0xd8)
            take((std::size_t{1} << (tag - 0xd4)) + 1);
        else if (tag >= 0xd9 && tag <= 0xdb)
            take(big_endian(std::size_t{1} << (tag - 0xd9)));
        else if (tag == 0xdc || tag == 0xdd)
            values += big_endian(tag == 0xdc ? 2 : 4);
        else if (tag == 0xde || tag == 0xdf)
            values += 2 * big_endian(tag == 0xde ? 2 : 4);
        else
            fail();
    }
}

void Reader::skip_cbor(int depth) {
    unsigned major, info;
    auto value = head(major, info);
    if (failed_ || depth > static_cast<int>(depth_max)) return void(fail());
    bool endless = info == 31;
    switch (major) {
        case 2:
        case 3:
            if (!endless) take(value);
            break;
        case 4:
        case 5:
            for (std::uint64_t i = 0; !endless && i < (major == 5 ? 2 * value : value) && !failed_; ++i)
                skip_cbor(depth + 1);
            break;
        case 6:
            return skip_cbor(depth + 1);
        default:
            return;
    }
    if (!endless) return;
    while (!failed_ && !left_.empty() && byte(left_[0]) != 0xff) skip_cbor(depth + 1);
    take(1);
}

}  // namespace heddle::load
