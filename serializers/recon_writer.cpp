#include "serializers/recon_writer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "serializers/base64.hpp"
#include "serializers/numbers.hpp"
#include "serializers/recon_tags.hpp"
#include "serializers/recon_text.hpp"
#include "serializers/write_token.hpp"

namespace heddle {
namespace {

bool all_digits(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void ReconWriter::write(const Token& token) { write_token(*this, token); }

// A bare word or number right after an attribute needs one space between.
void ReconWriter::separate(bool spaced) {
    map_ = Map::ordinary;
    if (comma_) out_.push_back(',');
    if (body_ && spaced) out_.push_back(' ');
    comma_ = true;
    body_ = false;
}

void ReconWriter::element(std::string_view literal, bool spaced) {
    separate(spaced);
    out_.append(literal);
}

void ReconWriter::integer(std::int64_t value) {
    const bool safe = value <= recon::safe_integer_max && value >= -recon::safe_integer_max;
    separate(safe);
    if (!safe) out_.append("@int(\"");
    recon::put_integer(value, out_);
    if (!safe) out_.append("\")");
}

void ReconWriter::unsigned_integer(std::uint64_t value) {
    if (value <= INT64_MAX) return integer(static_cast<std::int64_t>(value));
    char digits[numbers::text_max];
    element("@int(\"", false);
    out_.append({digits, numbers::put_unsigned(value, digits)});
    out_.append("\")");
}

void ReconWriter::real(double value) {
    if (std::isnan(value)) return element("@num(nan)", false);
    if (std::isinf(value)) return element(value > 0 ? "@num(inf)" : "@num(\"-inf\")", false);
    separate(true);
    recon::put_real(value, out_);
}

void ReconWriter::text(std::string_view value) {
    const bool marked = map_ == Map::marked_key;
    const bool plain = recon::is_plain_word(value);
    separate(plain);
    if (plain)
        out_.append(value);
    else
        recon::put_quoted(value, out_);
    if (!marked) return;
    marked_ = value;
    map_ = Map::marked_value;
}

void ReconWriter::bytes(std::string_view value) {
    element("%", false);
    base64::encode(value, out_);
}

void ReconWriter::list_begin(std::size_t) {
    element("{", false);
    comma_ = false;
}

void ReconWriter::list_end() {
    out_.push_back('}');
    comma_ = true;
    map_ = Map::ordinary;
}

// Written when its first key comes: until then it may be empty.
void ReconWriter::map_begin(std::size_t) {
    map_in_body_ = body_;
    separate(false);
    map_at_ = out_.size();
    map_ = Map::opened;
    comma_ = false;
}

void ReconWriter::key(std::string_view value) {
    const bool first = map_ == Map::opened;
    if (first) out_.push_back('{');
    separate(false);
    recon::put_text(value, out_);
    out_.push_back(':');
    comma_ = false;
    foreign_ = value == recon::foreign_key;
    map_ = first && !std::exchange(names_, false) && (foreign_ || value == recon::integer_key) ? Map::marked_key
                                                                                               : Map::ordinary;
}

void ReconWriter::map_end() {
    if (map_ == Map::opened)
        out_.append("@dict");
    else if (map_ != Map::marked_value || !put_marked())
        out_.push_back('}');
    comma_ = true;
    map_ = Map::ordinary;
}

// Parsed and written anew, so that what a WAMP client puts there cannot break out of its place. What is no Recon stays
// a map.
bool ReconWriter::put_marked() {
    if (!foreign_) {
        if (!all_digits(marked_)) return false;
        out_.truncate(map_at_);
        out_.append("@int(\"");
        out_.append(marked_);
        out_.append("\")");
        return true;
    }
    recon::Tape tape;
    recon::Parser parser(tape);
    if (!parser.block(marked_)) return false;
    const recon::Node& root = tape.root();
    if (root.kind == recon::Node::Kind::absent || root.kind == recon::Node::Kind::extant) return false;
    out_.truncate(map_at_);
    const auto put = map_in_body_ ? recon::put_body : recon::put_value;
    put(root, out_, recon::Integers::portable);
    return true;
}

}  // namespace heddle
