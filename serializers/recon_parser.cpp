// Blocks and items. Records, attributes and markup are in recon_containers.cpp, words and numbers in
// recon_literals.cpp.
#include "serializers/recon_parser.hpp"

#include "serializers/utf8.hpp"

namespace heddle::recon {

bool Parser::start(std::string_view text) {
    begin_ = at_ = text.data();
    end_ = begin_ + text.size();
    what_ = nullptr;
    scratch_at_ = nullptr;
    depth_ = 0;
    tape_.nodes_.clear();
    const char* invalid = utf8::first_invalid(begin_, end_);
    return invalid == end_ || fail(invalid, "not UTF-8");
}

bool Parser::block(std::string_view text) {
    if (!start(text)) return false;
    skip_blank();
    if (at_ != end_) return items('\0');
    push(Kind::absent);
    return true;
}

bool Parser::leading_attribute(std::string_view text, std::string_view& rest) {
    if (!start(text)) return false;
    skip_blank();
    if (peek() != '@' || !attribute()) return false;
    rest = {at_, static_cast<std::size_t>(end_ - at_)};
    return true;
}

bool Parser::body(std::string_view rest) {
    at_ = rest.data();
    tape_.nodes_.clear();
    push(Kind::record);
    if (!extend(0, true, true)) return false;
    skip_spaces();
    if (separator()) skip_blank();
    return at_ == end_ || unexpected();
}

// ---- what lies between items

void Parser::skip_spaces() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t')) ++at_;
    if (at_ != end_ && *at_ == '#')
        while (at_ != end_ && *at_ != '\n' && *at_ != '\r') ++at_;
}

void Parser::skip_blank() {
    for (;;) {
        skip_spaces();
        if (at_ == end_ || (*at_ != '\n' && *at_ != '\r')) return;
        ++at_;
    }
}

bool Parser::separator() {
    const char c = peek();
    if (c != ',' && c != ';' && c != '\n' && c != '\r') return false;
    ++at_;
    return true;
}

bool Parser::at_value() const {
    switch (at_ == end_ ? ',' : *at_) {
        case ',':
        case ';':
        case '\n':
        case '\r':
        case ':':
        case '}':
        case ')':
        case ']':
        case '#':
            return false;
        default:
            return true;
    }
}

// ---- items

// A block has at least one item, and none of them empty; braces (record()) are more lenient.
bool Parser::items(char closer) {
    const std::size_t start = tape_.nodes_.size();
    bool record = false;
    for (std::size_t count = 1;; ++count) {
        if (!item()) return false;
        if (!record && (count > 1 || tape_.nodes_[start].kind == Kind::slot)) {
            insert(start, Kind::record);
            record = true;
        }
        skip_spaces();
        if (at_end(closer)) break;
        if (!separator()) return unexpected();
        skip_blank();
        if (at_end(closer)) break;
    }
    if (record) close(start);
    return true;
}

bool Parser::item() {
    const std::size_t start = tape_.nodes_.size();
    if (!value()) return false;
    skip_spaces();
    if (peek() != ':') return true;
    insert(start, Kind::slot);
    return slot_value(start);
}

bool Parser::slot_value(std::size_t start) {
    ++at_;
    skip_spaces();
    if (!at_value())
        push(Kind::extant);
    else if (!value())
        return false;
    close(start);
    return true;
}

bool Parser::value() {
    const std::size_t start = tape_.nodes_.size();
    if (peek() == '@') {
        push(Kind::record);
        return attribute() && extend(start, true, true);
    }
    const bool record = peek() == '{' || peek() == '[';
    return primary(false) && extend(start, record, false);
}

// Attributes and values that follow one another are items of one record; a value that is a record itself gives its
// items.
bool Parser::extend(std::size_t start, bool record, bool after_attribute) {
    for (;;) {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\t')) ++at_;
        if (peek() == '@') {
            if (!record) insert(start, Kind::record);
            record = after_attribute = true;
            if (!attribute()) return false;
        } else if (after_attribute && at_value()) {
            after_attribute = false;
            if (!primary(true)) return false;
        } else {
            break;
        }
    }
    if (record) close(start);
    return true;
}

bool Parser::primary(bool flatten) {
    switch (peek()) {
        case '{':
            return record(flatten);
        case '[':
            return markup(flatten);
        case '(':
            return parentheses(flatten);
        case '"':
        case '\'':
            return string();
        case '`':
            return raw_string();
        case '%':
            return data();
        case '-':
        case '+':
            return signed_number();
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7':
        case '8':
        case '9':
            return number(at_);
        default:
            return word();
    }
}

// ---- the tape

Node& Parser::push(Kind kind) {
    Node& node = tape_.nodes_.emplace_back();
    node.kind = kind;
    return node;
}

Node& Parser::push_text(Kind kind, std::string_view text) {
    Node& node = push(kind);
    node.text = text;
    return node;
}

// What was read since `at` turns out to be the first part of something: it moves up by one.
void Parser::insert(std::size_t at, Kind kind) {
    Node node;
    node.kind = kind;
    tape_.nodes_.insert(tape_.nodes_.begin() + static_cast<std::ptrdiff_t>(at), node);
}

void Parser::close(std::size_t at) { tape_.nodes_[at].size = static_cast<std::uint32_t>(tape_.nodes_.size() - at); }

bool Parser::fail(const char* what) {
    what_ = what;
    return false;
}

bool Parser::fail(const char* at, const char* what) {
    at_ = at;
    return fail(what);
}

bool Parser::unexpected() {
    if (at_ == end_) return fail("unexpected end of input");
    if (std::string_view("+-*/%!~<>=&|^?$(").find(*at_) != std::string_view::npos)
        return fail("expressions other than signed numbers are not supported");
    return fail("unexpected character");
}

}  // namespace heddle::recon
