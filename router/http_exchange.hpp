#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "realms/peer_facts.hpp"
#include "router/http_answer.hpp"
#include "router/http_call.hpp"
#include "router/http_reader.hpp"

namespace heddle {

/// A request, with what else its handler has to know.
struct HttpAsk {
    const HttpRequest& request;
    std::string_view path, query;
    PeerFacts facts;         // with the cookie; without what a browser shows by itself for a page of another site
    bool from_page = false;  // a browser says so: there is an origin, which may do this
    bool body_follows = false;  // only the head is here: the login comes first
};

/// What goes to the client now.
struct HttpOutput {
    enum class Part : std::uint8_t {
        whole,
        first,  // the answer's head and the beginning of its body; more comes later
        more,   // the next piece of its body
        end,    // the last piece
    };
    Part part = Part::whole;
    HttpAnswer answer;  // of more and end: only the body counts
};

/// Makes an answer of what a realm says. Lives with the connection that waits for it.
class HttpExchange {
 public:
    virtual ~HttpExchange() = default;
    virtual HttpOutput on_step(CallStep& step) = 0;
};

/// What becomes of a request: an answer at once, or a task for a realm, with whoever knows what its answers mean.
struct HttpBegun {
    std::optional<HttpAnswer> answer;
    CallTask task;
    std::unique_ptr<HttpExchange> exchange;
};

inline HttpBegun at_once(HttpAnswer answer) {
    HttpBegun begun;
    begun.answer = std::move(answer);
    return begun;
}

/// Answers that say something of one client are kept by nobody.
inline void keep_nowhere(HttpAnswer& answer) { answer.fields.push_back({"Cache-Control", "no-store"}); }

/// How to log in, where the answer is 401.
void add_challenges(HttpAnswer& answer, std::string_view realm, bool passwords, bool bearers);

}  // namespace heddle
