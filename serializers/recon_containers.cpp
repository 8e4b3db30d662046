// The parser's containers: attributes, records, markup, parentheses. What they are made of is in recon_parser.cpp.
#include "serializers/recon_parser.hpp"

namespace heddle::recon {

/// One container deeper, for as long as it lives.
class Parser::Deeper {
 public:
    explicit Deeper(Parser& parser) : parser_(parser) { ++parser_.depth_; }
    ~Deeper() { --parser_.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    explicit operator bool() const { return parser_.depth_ <= nesting_max || parser_.fail("nested too deeply"); }

 private:
    Parser& parser_;
};

bool Parser::attribute() {
    ++at_;
    const std::size_t start = tape_.nodes_.size();
    std::string_view name_text;
    if (!name(name_text)) return false;
    push_text(Kind::attribute, name_text);
    if (peek() == '(') {  // at once: "@a (1)" is an attribute and then a value
        const Deeper deeper(*this);
        if (!deeper) return false;
        ++at_;
        skip_blank();
        if (at_end(')'))
            push(Kind::extant);
        else if (!items(')'))
            return false;
        ++at_;
    } else {
        push(Kind::extant);
    }
    close(start);
    return true;
}

bool Parser::record(bool flatten) {
    const Deeper deeper(*this);
    if (!deeper) return false;
    const std::size_t start = tape_.nodes_.size();
    if (!flatten) push(Kind::record);
    ++at_;
    for (;;) {
        skip_blank();
        if (peek() == '}') break;
        const std::size_t item_start = tape_.nodes_.size();
        if (peek() == ',' || peek() == ';') {  // nothing before the separator
            push(Kind::extant);
        } else if (peek() == ':') {  // nothing before the colon
            push(Kind::slot);
            push(Kind::extant);
            if (!slot_value(item_start)) return false;
        } else if (!item()) {
            return false;
        }
        skip_spaces();
        if (peek() != '}' && !separator()) return unexpected();
    }
    ++at_;
    if (!flatten) close(start);
    return true;
}

// Text with records and attributes in it. Inner markup and inner records give their items to the outer one.
bool Parser::markup(bool flatten) {
    const Deeper deeper(*this);
    if (!deeper) return false;
    const std::size_t start = tape_.nodes_.size();
    if (!flatten) push(Kind::record);
    ++at_;
    for (;;) {
        const char* from = at_;
        char* to = nullptr;  // where an unescaped run goes; until an escape comes, the run is a view of the input
        char* first = nullptr;
        while (at_ != end_ && std::string_view("@[]{}").find(*at_) == std::string_view::npos) {
            if (*at_ == '\\') {
                if (!first) {
                    first = to = scratch();
                    for (const char* c = from; c != at_; ++c) *to++ = *c;
                }
                if (!escape(to, false)) return false;
            } else if (first) {
                *to++ = *at_++;
            } else {
                ++at_;
            }
        }
        if (first) scratch_at_ = to;
        const std::string_view run = first ? std::string_view(first, static_cast<std::size_t>(to - first))
                                           : std::string_view(from, static_cast<std::size_t>(at_ - from));
        if (!run.empty()) push_text(Kind::text, run);
        const char next = peek();
        if (next == ']') break;
        const bool good = next == '@'   ? inline_attribute()
                          : next == '{' ? record(true)
                          : next == '[' ? markup(true)
                                        : unexpected();
        if (!good) return false;
    }
    ++at_;
    if (!flatten) close(start);
    return true;
}

// In markup each attribute makes a record of its own, with the record or markup that follows at once; a space is text.
bool Parser::inline_attribute() {
    const std::size_t start = tape_.nodes_.size();
    push(Kind::record);
    if (!attribute()) return false;
    if (peek() == '{' ? !record(true) : peek() == '[' && !markup(true)) return false;
    close(start);
    return true;
}

// One value is itself; several make a record, into which the second and later ones melt where they are records.
bool Parser::parentheses(bool flatten) {
    const Deeper deeper(*this);
    if (!deeper) return false;
    const auto skip = [this] {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\t')) ++at_;
    };
    const std::size_t start = tape_.nodes_.size();
    ++at_;
    skip();
    if (peek() == ')' || peek() == ',') {
        if (!flatten) push(Kind::extant);
    } else if (flatten ? !melted_value() : !value()) {
        return false;
    }
    skip();
    const bool several = peek() == ',';
    if (several && !flatten) insert(start, Kind::record);
    while (peek() == ',') {
        ++at_;
        skip();
        if (peek() != ',' && peek() != ')' && !melted_value()) return false;
        skip();
    }
    if (several && !flatten) close(start);
    if (peek() != ')') return unexpected();
    ++at_;
    return true;
}

// A value that gives its items, where it is a record, to what it stands in.
bool Parser::melted_value() {
    const std::size_t start = tape_.nodes_.size();
    push(Kind::record);
    const bool attributed = peek() == '@';
    if (!(attributed ? attribute() : primary(true)) || !extend(start, true, attributed)) return false;
    tape_.nodes_.erase(tape_.nodes_.begin() + static_cast<std::ptrdiff_t>(start));
    return true;
}

}  // namespace heddle::recon
