#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "router/settings.hpp"

namespace heddle {

/// A file to hand out, or why not.
struct Page {
    unsigned status = 200;
    std::string content_type;
    std::string body;
    std::string location;  // with 301
};

/// The page behind a request path (percent escapes still in), from the listener's folders: nothing where no folder is
/// meant. Never leaves the folder: no "..", no hidden files, no symbolic link that leads out.
std::optional<Page> find_page(const ListenerSettings& listener, std::string_view path);

}  // namespace heddle
