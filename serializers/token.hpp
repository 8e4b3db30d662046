#pragma once
#include <cstdint>
#include <string_view>

namespace heddle {

/// One step through a value: the vocabulary that all readers speak and all writers understand.
///
///   {"a": [1, "x"]}   is   map_begin  key a  list_begin  integer 1  text x  list_end  map_end  end
struct Token {
    enum class Kind : std::uint8_t {
        null, boolean,
        integer,           // fits std::int64_t
        unsigned_integer,  // above the range of std::int64_t
        real, text, bytes,
        list_begin, list_end, map_begin, key, map_end,
        end,               // the value is complete
        error,             // reader.error() says why; the reader stays here
    };
    Kind kind = Kind::null;
    union {
        bool boolean;
        std::int64_t integer = 0;
        std::uint64_t unsigned_integer;
        double real;
    };
    std::string_view text;  // text, bytes, key: good until the reader's next step
};

}  // namespace heddle
