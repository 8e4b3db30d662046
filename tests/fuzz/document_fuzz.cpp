#include <string>
#include <vector>

#include "router/config/describe.hpp"
#include "router/config/document.hpp"
#include "router/json_text.hpp"
#include "tests/fuzz/fuzzing.hpp"

/// Configuration files, and documents of realms as JSON and TOML; the first byte says which. Beside not crashing: what is
/// wrong has a place and a sentence, a file without mistakes can be shown, and a document that was taken says the same
/// after it was written and read again.
namespace {

using namespace heddle;
using fuzzing::demand;
using namespace heddle::config;

void file(const std::string& text) {
    Sources sources;
    sources.file_name = "f.toml";
    sources.text = text;
    sources.folders = {"/nothing/here", "/nothing/here"};
    const Loaded loaded = load(sources);
    for (const Mistake& mistake : loaded.mistakes.all()) demand(!mistake.message.empty(), "a mistake has a sentence");
    const std::string all = loaded.mistakes.render(sources.file_name, sources.text);
    demand(all.empty() == loaded.mistakes.empty(), "mistakes are shown");
    if (loaded.mistakes.errors() == 0) demand(!describe_effective(loaded, "f.toml").empty(), "what is in force is shown");
}

void document(const nlohmann::json& given) {
    const RealmEntry defaults;
    std::vector<Fault> faults;
    const RealmEntry realm = realm_of(given, "plant", defaults, faults);
    for (const Fault& fault : faults)
        demand(!fault.detail.empty() && (fault.pointer.empty() || fault.pointer.front() == '/'), "a fault has a place");
    if (!faults.empty()) return;
    const nlohmann::json said = document_of(realm, defaults);
    const RealmEntry again = realm_of(said, "plant", defaults, faults);
    demand(faults.empty(), "what the router says of a realm it takes again");
    demand(document_of(again, defaults) == said, "and it says the same then");
    nlohmann::json named = said;
    named["name"] = "plant";
    Mistakes mistakes;
    nlohmann::json from_toml = document_of_toml(toml_of(named), mistakes);
    demand(mistakes.errors() == 0 && from_toml.erase("name") == 1, "as TOML it reads");
    const RealmEntry third = realm_of(from_toml, "plant", defaults, faults);
    demand(faults.empty() && document_of(third, defaults) == said, "and says the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (data[0] % 3 == 0) {
        file(text);
    } else if (data[0] % 3 == 1) {
        const auto given = parse_json(text);
        if (given && given->is_object()) document(*given);
    } else {
        Mistakes mistakes;
        nlohmann::json given = document_of_toml(text, mistakes);
        given.erase("name");
        if (mistakes.errors() == 0) document(given);
    }
    return 0;
}
