#include "router/shortened.hpp"

namespace heddle {

std::string shortened(const std::string& text, std::size_t max) {
    if (text.size() <= max) return text;
    const std::string note = "... (" + std::to_string(text.size()) + " bytes)";
    std::size_t end = max > note.size() ? max - note.size() : 0;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end) + note;
}

}  // namespace heddle
