#pragma once
#include <chrono>
#include <string>

namespace heddle::cli {

enum class Form { human, json, raw };

/// The flags that every command understands; each also comes from HEDDLE_<FLAG>.
struct Globals {
    std::string url = "ws://127.0.0.1:8080";
    std::string realm = "realm1";
    std::string output = "human";
    std::string timeout_text = "10s";
    std::string serializer;  // empty: the default of the command
    std::string tls_ca;
    std::string color = "auto";
    bool quiet = false, verbose = false;

    // Made of the texts above once the command line is read.
    Form form = Form::human;
    std::chrono::milliseconds timeout{10'000};
    std::string url_origin = "is the default";  // "comes from --url", "comes from HEDDLE_URL"
};

}  // namespace heddle::cli
