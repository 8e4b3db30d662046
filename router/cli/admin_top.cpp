// `heddle top`: the same numbers as metrics, for people.
#include <termios.h>
#include <unistd.h>

#include <array>
#include <iostream>

#include "router/cli/admin_command.hpp"
#include "router/cli/admin_render.hpp"
#include "router/cli/errors.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/config/units.hpp"

namespace heddle::cli {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 5> sorts{"realm", "sessions", "events", "calls", "denied"};

/// The terminal's other screen, and keys as they are pressed; both as before in the end.
class Screen {
 public:
    Screen() {
        if (!::isatty(STDOUT_FILENO) || !::isatty(STDIN_FILENO) || ::tcgetattr(STDIN_FILENO, &usual_) != 0) return;
        termios keys = usual_;
        keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        keys.c_cc[VMIN] = 0;
        keys.c_cc[VTIME] = 0;
        live_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &keys) == 0;
        if (live_) std::cout << "\x1b[?1049h\x1b[?25l" << std::flush;
    }
    ~Screen() {
        if (!live_) return;
        std::cout << "\x1b[?25h\x1b[?1049l" << std::flush;
        ::tcsetattr(STDIN_FILENO, TCSANOW, &usual_);
    }
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    bool live() const { return live_; }
    /// 0 where none was pressed.
    char key() const {
        char c = 0;
        return live_ && ::read(STDIN_FILENO, &c, 1) == 1 ? c : '\0';
    }
    void show(const std::string& text) const {
        std::string out = "\x1b[H";
        for (char c : text) out += c == '\n' ? std::string("\x1b[K\n") : std::string(1, c);
        std::cout << out << "\x1b[J" << std::flush;
    }

 private:
    termios usual_{};
    bool live_ = false;
};

void next_sort(std::string& sort) {
    const auto at = static_cast<std::size_t>(std::find(sorts.begin(), sorts.end(), sort) - sorts.begin());
    sort = sorts[(at + 1) % sorts.size()];
}

/// The realm after this one, then all of them again.
void next_realm(std::string& realm, const json& stats) {
    bool take = realm.empty();
    const json realms = stats.value("realms", json::object());
    for (const auto& [name, numbers] : realms.items()) {
        if (take) return void(realm = name);
        take = name == realm;
    }
    realm.clear();
}

}  // namespace

int run_top(const TopCommand& command, const Globals& globals) {
    const auto every = parse_time(command.every);
    if (!every || *every < std::chrono::milliseconds(100))
        throw Failure(Failure::Kind::usage, "--every is a time of at least 100ms and needs a unit: " + command.every, {"like --every 2s"});
    AdminSession session(globals);
    session.loop().catch_signals();
    std::string sort = command.sort, realm = command.realm;
    json now, before;
    auto taken = Clock::now(), taken_before = taken;
    const Screen screen;
    const bool once = !screen.live() && command.count == 0;  // a pipe gets one answer, with rates
    const std::uint64_t looks = once ? 2 : command.count;
    for (std::uint64_t look = 1;; ++look) {
        before = std::exchange(now, session.call("stats", "get", {}));
        taken_before = std::exchange(taken, Clock::now());
        const double seconds = std::chrono::duration<double>(taken - taken_before).count();
        const auto show = [&] {
            const std::string head = "q quit   s sort: " + sort + "   r realm: " + (realm.empty() ? "all" : realm) + "\n\n";
            const std::string table = render_top(now, before, seconds, sort, realm);
            if (screen.live())
                screen.show(head + table);
            else if (!once || look == looks)
                globals.form == Form::json ? print_json(now) : void(std::cout << table << std::flush);
        };
        show();
        if (looks != 0 && look == looks) return exit_done;
        for (const auto due = Clock::now() + *every; Clock::now() < due;) {
            constexpr std::chrono::milliseconds glance{50};
            session.client().wait_long([] { return false; }, std::min<Deadline>(due, Clock::now() + glance));
            if (session.loop().interrupted()) return exit_done;
            const char key = screen.key();
            if (key == 'q' || key == 'Q') return exit_done;
            if (key == 's') next_sort(sort);
            if (key == 'r') next_realm(realm, now);
            if (key == 's' || key == 'r') show();
        }
    }
}

}  // namespace heddle::cli
