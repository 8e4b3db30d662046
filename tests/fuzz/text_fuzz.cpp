#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "router/address_range.hpp"
#include "router/admin/moments.hpp"
#include "router/client/address.hpp"
#include "router/config/convert.hpp"
#include "router/config/units.hpp"
#include "router/cookies.hpp"
#include "router/host_header.hpp"
#include "router/http_client.hpp"
#include "router/http_answer.hpp"
#include "router/http_problem.hpp"
#include "router/json_text.hpp"
#include "router/log.hpp"
#include "router/metrics/exposition.hpp"
#include "router/pages.hpp"
#include "router/shortened.hpp"
#include "router/uplink_address.hpp"
#include "router/upgrade.hpp"
#include "serializers/utf8.hpp"
#include "tests/fuzz/fuzzing.hpp"
#include "tests/router/temp_folder.hpp"

/// The small texts of the router: addresses of routers, listeners, proxies and clients, names in header Host, origins,
/// cookies, amounts and moments, paths of pages, and whatever a client made up that is printed in the log, in metrics and
/// in answers. The first byte says which. Beside not crashing: what is read is written and read to the same; what stands
/// in a line leaves it one line without control characters; nothing outside a folder is handed out.
namespace {

using namespace heddle;
using fuzzing::demand;
using fuzzing::line_of;

bool plain(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
    return true;
}

/// No control character, not even one of those that UTF-8 writes as two bytes (U+0080 to U+009F).
bool harmless(std::string_view text) {
    for (std::size_t i = 0; i + 1 < text.size(); ++i)
        if (text[i] == '\xC2' && (static_cast<unsigned char>(text[i + 1]) & 0xE0) == 0x80) return false;
    return plain(text);
}

void check_address(const Address& address) {
    demand(plain(address.host) && plain(address.path), "an address has no control characters");
    demand(address.unix_path.find('\0') == std::string::npos, "a socket's path is whole");
    demand(address.host.find_first_of(" /?#") == std::string::npos, "a host is a name");
    demand(address.path.find(' ') == std::string::npos, "a path has no spaces");
    if (!address.unix_path.empty()) return;
    demand(!address.host.empty() && std::strtoul(address.port.c_str(), nullptr, 10) <= 65535, "a port is one");
    demand(address.path.starts_with('/'), "a path begins with a slash");
    const std::string scheme = std::string(address.carrier == Address::Carrier::websocket ? "ws" : "rs") +
                               (address.tls ? "s" : "") + "://";
    const auto again = parse_address(scheme + address.authority() + address.path);
    demand(again && again->host == address.host && again->port == address.port && again->path == address.path,
           "an address reads as it is written");
}

void check_addresses(std::string_view rest) {
    if (const auto address = parse_address(rest)) check_address(*address);
    if (const auto address = parse_warp_url(rest)) check_address(*address);
    ListenerSettings listener;
    if (config::parse_listen_address(rest, {"/etc", "/run"}, listener)) {
        demand(listener.unix_path.empty() != listener.host.empty(), "a listener is at one kind of address");
        demand(plain(listener.host) && listener.unix_path.find('\0') == std::string::npos, "an address is whole");
    }
}

void check_ranges(std::string_view rest) {
    const std::string text = line_of(rest), address(rest);
    const auto range = AddressRange::parse(text);
    if (!range) return;
    demand(plain(text), "a range is an address and a number");
    demand(range->contains(text.substr(0, text.find('/'))), "a range holds its own first address");
    if (range->contains(address)) demand(AddressRange::parse(address).has_value(), "only addresses are in ranges");
    // A chain of proxies: whoever wrote it, the client is one address, or the socket's own.
    const std::string_view lines[] = {address};
    const std::string client = client_address({"X-Forwarded-For", {text}}, "192.0.2.1", lines);
    demand(client == "192.0.2.1" || AddressRange::parse(client).has_value(), "a client is an address");
}

void check_hosts(std::string_view rest) {
    ListenerSettings listener;
    listener.host = "127.0.0.1";
    listener.hosts = {"own.example"};
    const std::string host = line_of(rest), origin(rest);
    const std::string name = host.substr(0, host.find(':'));
    const bool evil = name == "evil.example" || name.ends_with(".evil.example");
    demand(!evil || !host_allowed(host, listener), "another site's name is not allowed");
    listener.origins = {"https://app.example", "*"};
    demand(origin_allowed(origin, "127.0.0.1:80", false, listener), "a star is for all");
    if (origin_trusted(origin, "127.0.0.1:80", false, listener) && !origin.empty())
        demand(origin == "*" || origin == "https://app.example" || origin.starts_with("http://127.0.0.1") ||
                   origin.starts_with("http://localhost") || origin.starts_with("http://[::1]"),
               "trusted are the listener's own");
    const std::string cookie = cookie_in(host);
    demand(cookie.empty() || (cookie.size() == 32 && plain(cookie)), "a cookie is one of ours");
}

void check_amounts(std::string_view rest) {
    if (const auto quantity = parse_quantity(rest)) {
        if (quantity->unit == Unit::size) {
            const auto again = parse_quantity(format_size(quantity->value));
            demand(again && again->value == quantity->value && again->unit == Unit::size, "a size reads as it is written");
        }
    }
    if (const auto time = parse_time(rest)) demand(parse_time(format_time(*time)) == time, "a time reads as it is written");
    if (const auto moment = admin::parse_timestamp(rest))
        demand(admin::parse_timestamp(admin::timestamp(*moment)) == moment, "a moment reads as it is written");
    if (const auto length = admin::parse_length(rest)) demand(*length >= 0, "a length is not negative");
}

void check_log(std::string_view rest) {
    const std::string first = line_of(rest), second(rest);
    const LogField fields[] = {{"authid", first}, {"agent", second}};
    const std::string text = log_line(LogFormat::text, LogLevel::info, "session.join", fields, 1'795'000'000'000);
    demand(harmless(text), "a line of the log is one line, and harmless");
    const std::string line = log_line(LogFormat::json, LogLevel::info, "session.join", fields, 1'795'000'000'000);
    demand(plain(line) && bool(parse_json(line)), "a line of the log is JSON");
}

void check_printed(std::string_view rest) {
    const std::string text(rest);
    for (const auto form : {metrics::Form::prometheus, metrics::Form::openmetrics}) {
        metrics::Exposition page(form);
        page.family("heddle_x", metrics::Kind::gauge, "Help.");
        page.sample({{"realm", text}}, 1.5);
        const std::string all = page.finish();
        const auto lines = std::count(all.begin(), all.end(), '\n');
        demand(lines == (form == metrics::Form::openmetrics ? 4 : 3), "a label leaves its line one");
    }
    metrics::form_for(text);
    const HttpProblem problem = problem_of(text), login = login_problem_of(text);
    demand(problem.status >= 400 && problem.status < 600 && login.status >= 400 && login.status < 600, "an error is one");
    const std::string cut = shortened(text, 40);
    demand(cut.size() <= 40, "a shortened text is short");
    demand(!utf8::valid(text) || utf8::valid(cut), "a shortened text stays UTF-8");
    HttpAnswer answer{200, "text/plain", text, {}};
    const std::string http = http_text(answer, true, true);
    demand(http.ends_with("\r\n\r\n" + text), "a body stands behind its head");
}

/// A folder with pages, and beside them a file that must not be handed out.
class Pages {
 public:
    Pages() {
        std::filesystem::create_directories(folder() + "/sub");
        std::ofstream(root_.path() + "/secret.txt") << "secret";
        std::ofstream(folder() + "/.hidden") << "secret";
        std::ofstream(folder() + "/index.html") << "page";
        std::ofstream(folder() + "/sub/a.js") << "page";
        std::filesystem::create_symlink("../secret.txt", folder() + "/link.txt");
    }
    std::string folder() const { return root_.path() + "/public"; }

 private:
    test::TempFolder root_;
};

void check_pages(std::string_view rest) {
    static const Pages pages;
    ListenerSettings listener;
    listener.pages = {{"/p", pages.folder()}, {"/p/sub/", pages.folder() + "/sub"}};
    const auto page = find_page(listener, "/p" + std::string(rest));
    if (page && page->status == 200) demand(page->body == "page", "nothing outside the folder is handed out");
    if (page && page->status == 301) demand(page->location == "/p/", "a folder has a slash");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    constexpr void (*checks[])(std::string_view) = {check_addresses, check_ranges,  check_hosts, check_amounts,
                                                    check_log,       check_printed, check_pages};
    checks[data[0] % std::size(checks)](text);
    return 0;
}
