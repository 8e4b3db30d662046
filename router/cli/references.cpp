#include "router/cli/references.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <iostream>
#include <optional>

#include "router/cli/errors.hpp"
#include "router/cli/exec.hpp"
#include "router/secret.hpp"

namespace heddle::cli {
namespace {

constexpr std::chrono::seconds command_wait_max{60};

[[noreturn]] void refuse(const std::string& origin, const std::string& why) {
    throw Failure(Failure::Kind::usage, origin + ": " + why);
}

/// The terminal with its echo off, whatever stdin and stdout are.
class Terminal {
 public:
    Terminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
        if (fd_ < 0 || ::tcgetattr(fd_, &usual_) != 0) return;
        termios silent = usual_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        changed_ = ::tcsetattr(fd_, TCSAFLUSH, &silent) == 0;
    }
    ~Terminal() {
        if (changed_) ::tcsetattr(fd_, TCSAFLUSH, &usual_);
        if (fd_ >= 0) ::close(fd_);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    bool there() const { return changed_; }
    /// Nothing where it ended, or the line is unreasonably long.
    std::optional<std::string> ask(const std::string& prompt) {
        say(prompt);
        std::string line;
        char c = 0;
        while (::read(fd_, &c, 1) == 1) {
            if (c == '\n') {
                say("\n");
                return line;
            }
            line += c;
            if (line.size() > 4096) break;
        }
        say("\n");
        return std::nullopt;
    }

 private:
    void say(const std::string& text) {
        if (::write(fd_, text.data(), text.size()) < 0) return;  // then nobody reads it
    }
    int fd_;
    termios usual_{};
    bool changed_ = false;
};

std::string ask(const std::string& what, const std::string& origin, bool twice) {
    Terminal terminal;
    std::optional<std::string> line;
    if (terminal.there()) {
        line = terminal.ask(what + ": ");
        if (line && twice && terminal.ask("the same again: ") != line) refuse(origin, "the two were not the same");
    } else {
        std::string text;
        if (std::getline(std::cin, text)) line = text;
    }
    if (!line || line->empty()) refuse(origin, "no " + what + " was given");
    return *line;
}

std::string from_command(const std::string& command, const std::string& origin) {
    Loop loop;
    Exec exec(loop, command, 1);
    std::optional<ExecResult> result;
    exec.run({}, [&](ExecResult done) { result = std::move(done); });
    loop.run_until([&] { return result.has_value(); }, Clock::now() + command_wait_max);
    if (!result) refuse(origin, "the command did not end within a minute");
    if (result->status != 0) refuse(origin, "the command ended with " + std::to_string(result->status));
    std::string text = result->output.substr(0, result->output.find('\n'));  // as `pass` has it: the first line
    if (!text.empty() && text.back() == '\r') text.pop_back();
    if (text.empty()) refuse(origin, "the command said nothing");
    return text;
}

void warn_of_readers(const std::string& path, const Globals& globals) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0 || (about.st_mode & 077) == 0 || !S_ISREG(about.st_mode)) return;
    notice(globals, "warning: others on this machine may read " + path + "; chmod 600 keeps it yours");
}

std::string stored(std::string_view reference, const std::string& origin, const Globals& globals) {
    if (reference.starts_with("file:")) warn_of_readers(std::string(reference.substr(5)), globals);
    auto text = heddle::read_secret(reference);
    if (!text) refuse(origin, text.error().what);
    return *text;
}

std::string read_any(std::string_view reference, const std::string& what, const std::string& origin,
                     const Globals& globals, bool twice) {
    if (reference == "-") return ask(what, origin, twice);
    if (reference.starts_with("cmd:")) return from_command(std::string(reference.substr(4)), origin);
    if (reference.starts_with("file:") || reference.starts_with("env:")) return stored(reference, origin, globals);
    if (origin.starts_with("--"))
        notice(globals, "warning: " + origin + " holds the secret itself, which process lists and shell histories show; "
                                               "better: file:PATH, env:NAME, cmd:COMMAND, or - to be asked");
    return std::string(reference);
}

}  // namespace

bool is_reference(std::string_view text) {
    return text == "-" || text.starts_with("file:") || text.starts_with("env:") || text.starts_with("cmd:");
}

std::string read_reference(std::string_view reference, const std::string& what, const std::string& origin,
                           const Globals& globals) {
    return read_any(reference, what, origin, globals, false);
}

std::string read_new_secret(std::string_view reference, const std::string& what, const std::string& origin,
                            const Globals& globals) {
    return read_any(reference, what, origin, globals, true);
}

std::string read_key_text(std::string_view reference, const std::string& what, const std::string& origin,
                          const Globals& globals) {
    std::error_code error;
    const bool path = !is_reference(reference) && std::filesystem::is_regular_file(std::string(reference), error);
    return read_any(path ? "file:" + std::string(reference) : std::string(reference), what, origin, globals, false);
}

}  // namespace heddle::cli
