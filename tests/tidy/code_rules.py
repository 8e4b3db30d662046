"""Rules about what C++ files say: who includes whom, and what nobody calls."""

import re

from rule import CORE, LAYERS, Rule, folder, is_core, is_cpp, matches, without_comments

ROUTER_ONLY = r"boost/|websocketpp/|openssl/|argon2|spdlog/|toml\+\+|CLI/|sqlite3"
AUTH = r"openssl/(?!ssl)|argon2"  # what realms/auth may use in its sources: mathematics, no connections


# The only files that let a library build a tree of text from outside; both check length and nesting first.
BOUNDED_PARSERS = ("router/json_text.cpp", "router/config/toml_text.cpp")


def include_direction(path, text):
    own, problems = folder(path), []
    seen_by = {layer: LAYERS[: index + 1] for index, layer in enumerate(LAYERS)}
    for number, line in enumerate(text.split("\n"), 1):
        found = re.match(r'\s*#\s*include\s*["<]([^">]+)[">]', line)
        if not found or own not in seen_by:
            continue
        target = found.group(1)
        if folder(target) in (*LAYERS, "tests", "bench", "examples") and "/" in target and folder(target) not in seen_by[own]:
            problems.append((number, f"{own} may include {', '.join(seen_by[own])}, not {target}"))
        in_auth = path.startswith("realms/auth/") and path.endswith(".cpp") and re.match(AUTH, target)
        if own in CORE and re.match(ROUTER_ONLY, target) and not in_auth:
            problems.append((number, f"{target} belongs to router alone"))
        if target.startswith(".."):
            problems.append((number, "name a header by its layer, not by .."))
    return problems


def calls(pattern, problem):
    return lambda path, text: matches(pattern, without_comments(text), problem)


def elsewhere(paths, pattern, problem):
    return lambda path, text: [] if path in paths else matches(pattern, without_comments(text), problem)


def function_length(path, text):
    """By layout: a line that opens a body after a ')' up to the '}' at the same indentation."""
    problems, lines = [], without_comments(text).split("\n")
    opener = re.compile(r"^( *)(?!(?:if|for|while|switch|do|else|catch|try|namespace|class|struct|union|enum|extern)\b)\S.*\{$")
    for start, line in enumerate(lines):
        found = opener.match(line)
        if not found or len(found.group(1)) > 4:
            continue
        head = line if "(" in line else " ".join(lines[max(0, start - 4) : start + 1])
        if ")" not in head or re.search(r"\b(class|struct|namespace|enum|union)\b(?!.*\()", line) or re.search(r"=\s*\{$", line):
            continue
        closing = found.group(1) + "}"
        for end in range(start + 1, len(lines)):
            if lines[end].rstrip(";),") == closing:
                if end - start + 1 > 60:
                    problems.append((start + 1, f"{end - start + 1} lines in one function; 60 at most"))
                break
    return problems


def long_function(lines):
    return "int f() {\n" + "    g();\n" * (lines - 2) + "}\n"


RULES = [
    Rule(
        "include_direction", is_cpp, include_direction,
        refused=[("serializers/a.hpp", '#include "realms/realm.hpp"'), ("realms/a.cpp", '#include "bridge/warp_session.hpp"'),
                 ("bridge/a.hpp", '#  include "router/server.hpp"'), ("router/a.cpp", '#include "tests/x.hpp"'),
                 ("realms/a.cpp", "#include <boost/asio.hpp>"), ("bridge/a.cpp", "#include <websocketpp/frame.hpp>"),
                 ("realms/a.cpp", "#include <openssl/evp.h>"), ("realms/auth/a.hpp", "#include <openssl/evp.h>"),
                 ("realms/auth/a.cpp", "#include <openssl/ssl.h>"),
                 ("router/a.cpp", '#include "../realms/realm.hpp"')],
        accepted=[("bridge/a.cpp", '#include "serializers/bytes.hpp"\n#include "bridge/x.hpp"\n#include <vector>'),
                  ("router/a.cpp", '#include <boost/asio.hpp>\n#include "bridge/x.hpp"'),
                  ("realms/auth/a.cpp", "#include <openssl/evp.h>\n#include <argon2.h>"),
                  ("tests/router/a.cpp", '#include "router/server.hpp"')]),
    Rule(
        "waiting_calls", is_cpp,
        calls(r"\b(?:u|nano)?sleep\s*\(|\bsleep_(?:for|until)\b|\.detach\s*\(\s*\)|\b(?:std::)?system\s*\(|\bpopen\s*\(",
              "{!r}: nothing waits for luck, leaves a thread behind or starts a shell"),
        refused=[("router/a.cpp", "std::this_thread::sleep_for(1s);"), ("tests/router/a.cpp", "usleep(5);"), ("bench/a.cpp", "t.detach();"),
                 ("router/a.cpp", 'system("ls");'), ("router/a.cpp", "::sleep(1);")],
        accepted=[("router/a.cpp", "// never sleep(1)\nasleep(); file_system(1); log(\"system(1)\");"),
                  ("router/a.cpp", "std::error_code(2, std::system_category());")]),
    Rule(
        "core_threads", is_core,
        # std::atomic is allowed: bytes that threads share count their owners.
        calls(r"\bstd::(?:recursive_|shared_|timed_)?(?:mutex|thread|jthread|condition_variable\w*|async|future)\b"
              r"|#\s*include\s*<(?:mutex|thread|condition_variable|future|shared_mutex)>",
              "{!r}: the core runs on one thread at a time and knows of no other"),
        refused=[("realms/a.hpp", "std::mutex m;"), ("serializers/a.cpp", "#include <thread>")],
        accepted=[("realms/a.hpp", "// no std::mutex here"), ("serializers/a.cpp", "int mutex_free = 1;")]),
    Rule(
        "core_thread_local", lambda path: is_core(path) and folder(path) != "serializers",
        # Serializers may keep memory to use again (codec.cpp, bytes.cpp): what a call answers never depends on it.
        calls(r"\bthread_local\b", "{!r}: the core's state has owners, and threads are none"),
        refused=[("realms/a.hpp", "thread_local int n;"), ("bridge/a.cpp", "static thread_local int n;")],
        accepted=[("realms/a.hpp", "// no thread_local here")]),
    Rule(
        "core_clock_and_output", is_core,
        calls(r"\bstd::c(?:out|err|log)\b|\bf?printf\s*\(|\bputs\s*\(|(?:steady|system|high_resolution)_clock::now\b"
              r"|\btime\s*\(\s*(?:NULL|nullptr|0)\s*\)|\bgettimeofday\b|\bclock_gettime\b|\bgetenv\b|\brandom_device\b",
              "{!r}: time, randomness and output are the caller's"),
        refused=[("realms/a.cpp", "std::cout << 1;"), ("bridge/a.cpp", "auto t = std::chrono::steady_clock::now();"),
                 ("serializers/a.cpp", "std::cerr << x;"), ("realms/a.cpp", "std::random_device d;")],
        accepted=[("realms/a.cpp", "void on_tick(std::chrono::steady_clock::time_point now);"),
                  ("realms/a.cpp", "snprintf(buffer, 4, x);")]),
    Rule(
        "no_regex", is_cpp,
        calls(r"\bstd::regex\b|#\s*include\s*<regex>", "{!r}: too slow for messages, and its recursion overflows the stack"),
        refused=[("realms/a.cpp", "#include <regex>"), ("router/a.cpp", "std::regex r;")],
        accepted=[("realms/a.cpp", "// std::regex is slow")]),
    Rule(
        "outside_text", lambda path: is_cpp(path) and folder(path) in LAYERS,
        elsewhere(BOUNDED_PARSERS,
              r"\bjson::(?:parse|accept|sax_parse|from_(?:cbor|msgpack|ubjson|bson|bjdata))\s*\(|\btoml::parse(?:_file)?\s*\(",
              "{!r}: these parsers and their trees know no limit of depth; use parse_json (router/json_text.hpp) "
              "or parse_toml (router/config/toml_text.hpp)"),
        refused=[("router/a.cpp", "auto x = json::parse(text, nullptr, false);"), ("router/cli/a.cpp", "nlohmann::json::parse (text);"),
                 ("router/a.cpp", "toml::table t = toml::parse(text);"), ("router/a.cpp", "json::from_cbor(bytes);")],
        accepted=[("router/json_text.cpp", "json::parse(text);"),
                  ("router/a.cpp", "// json::parse(x)\nparse_json(text); catch (const json::parse_error& e) {}")]),
    Rule(
        "lenient_numbers", lambda path: is_cpp(path) and folder(path) in LAYERS,
        elsewhere(("router/load/server_process.cpp",),  # it reads the kernel's own words
              r"\bstd::sto(?:i|l|ul|ll|ull|f|d|ld)\b|\bstrto(?:l|ul|ll|ull|f|d|ld)\s*\("
              r"|\bato(?:i|l|ll|f)\s*\(|\bsscanf\s*\(",
              "{!r}: it takes spaces, signs, exponents and NaN, or throws; use parse_whole and its kin "
              "(router/config/units.hpp), read_date (realms/wall_clock.hpp) or std::from_chars"),
        refused=[("router/a.cpp", "auto n = std::stoull(text);"), ("realms/a.cpp", "q = std::strtod(text, &end);"),
                 ("router/admin/a.cpp", 'std::sscanf(text, "%d", &n);'), ("router/cli/a.cpp", "int n = atoi(text);")],
        accepted=[("router/a.cpp", "auto n = parse_whole(text);  // not std::stoull"),
                  ("router/load/server_process.cpp", "std::stoul(line)"),
                  ("router/a.cpp", "restore(text); std::from_chars(a, b, n);")]),
    Rule(
        "no_skipped_test", lambda path: path.startswith("tests/") and path.endswith((".cpp", ".mjs")),
        calls(r"\bGTEST_SKIP\b|\bTEST(?:_F|_P)?\(\w+,\s*DISABLED_|\b(?:test|it|describe)\.(?:skip|todo)\b|\bskip:\s*true|\bt\.skip\(",
              "{!r}: a test runs or it goes"),
        refused=[("tests/realms/a_test.cpp", "GTEST_SKIP();"), ("tests/system/a_test.mjs", "test.skip('x', f);"),
                 ("tests/realms/a_test.cpp", "TEST(A, DISABLED_B) {")],
        accepted=[("tests/realms/a_test.cpp", "TEST(Reader, SkipsValues) {")]),
    Rule(
        "function_length", is_cpp, function_length,
        refused=[("router/a.cpp", long_function(61)),
                 ("realms/a.hpp", "struct A {\n    " + long_function(70).replace("\n", "\n    ") + "\n};")],
        accepted=[("router/a.cpp", long_function(60)), ("router/a.cpp", "struct A {\n" + "    int a;\n" * 80 + "};\n"),
                  ("router/a.cpp", "namespace a {\n" + "int b();\n" * 80 + "}\n"),
                  ("router/a.cpp", "int t[] = {\n" + "    1,\n" * 80 + "};\n")]),
    Rule(
        "node_18", lambda path: path.endswith(".mjs"),
        calls(r"import\.meta\.(dirname|filename)", "Debian 12's Node has only import.meta.url"),
        refused=[("tests/a.mjs", "path.join(import.meta.dirname, 'x')")],
        accepted=[("tests/a.mjs", "new URL('x', import.meta.url)")]),
]
