#include "router/http_bridge.hpp"

#include <utility>

#include "router/bridge_body.hpp"
#include "router/http_media.hpp"
#include "router/http_problem.hpp"
#include "router/secret.hpp"
#include "router/signed_query.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

namespace http = boost::beast::http;

struct Refusal {
    std::string_view error, detail, pointer = {};
    unsigned status = 0;  // 0: as the error has it
};

bool crossbar(const HttpRoute& route) { return route.alias && route.alias->style == BridgeStyle::crossbar; }

/// Crossbar's bridge knows two statuses of bad requests.
unsigned crossbar_status(unsigned status) { return status == 415 || status == 422 || status == 406 ? 400 : status; }

HttpAnswer error_answer(Encoding encoding, bool like_crossbar, const HttpProblem& problem, BridgeError error) {
    HttpAnswer answer;
    answer.status = problem.status;
    if (!like_crossbar) {
        error.status = problem.status;
        error.type = problem.type;
        error.title = problem.title;
    }
    answer.content_type = encoding == Encoding::json && !like_crossbar ? media_problem : media_of(encoding);
    answer.body = write_bridge_error(encoding, error);
    keep_nowhere(answer);
    return answer;
}

HttpAnswer refuse(const Refusal& refusal, Encoding encoding, bool like_crossbar) {
    HttpProblem problem = problem_of(refusal.error);
    if (refusal.status != 0) problem.status = refusal.status;
    if (like_crossbar) problem.status = crossbar_status(problem.status);
    return error_answer(encoding, like_crossbar, problem, {refusal.error, {}, {}, refusal.detail, refusal.pointer, {}, {}});
}

class BridgeExchange final : public HttpExchange {
 public:
    BridgeExchange(AcceptedMedia accepted, std::string realm, bool like_crossbar)
        : accepted_(accepted), realm_(std::move(realm)), like_crossbar_(like_crossbar) {}

    HttpOutput on_step(CallStep& step) override {
        const bool began = std::exchange(began_, began_ || !step.last());
        if (!began && step.last()) return {HttpOutput::Part::whole, accepted_.lines ? in_one_line(step) : whole(step)};
        HttpOutput output{step.last() ? HttpOutput::Part::end : HttpOutput::Part::more, {}};
        if (!began) {
            output.part = HttpOutput::Part::first;
            output.answer.content_type = media_lines;
            keep_nowhere(output.answer);
        }
        output.answer.body = line(step);
        return output;
    }

 private:
    HttpAnswer in_one_line(const CallStep& step) const {
        HttpAnswer answer = whole(step);
        if (step.kind != CallStep::Kind::result) return answer;
        answer.content_type = media_lines;
        answer.body = line(step);
        return answer;
    }

    HttpAnswer whole(const CallStep& step) const {
        HttpAnswer answer;
        answer.content_type = media_of(accepted_.encoding);
        if (step.kind == CallStep::Kind::result) {
            answer.body = write_bridge_result(accepted_.encoding, step.args, step.kwargs, false);
        } else if (step.kind == CallStep::Kind::published) {
            answer.body = write_bridge_published(accepted_.encoding, step.publication);
        } else {
            return failure(step);
        }
        keep_nowhere(answer);
        return answer;
    }

    HttpAnswer failure(const CallStep& step) const {
        const bool at_the_door = step.kind == CallStep::Kind::refused;
        HttpProblem problem = at_the_door ? login_problem_of(step.error) : problem_of(step.error);
        if (like_crossbar_ && step.kind == CallStep::Kind::error) problem.status = 200;
        const std::string_view detail = step.args.empty() ? step.detail : std::string_view();
        HttpAnswer answer = error_answer(accepted_.encoding, like_crossbar_, problem,
                                         {step.error, step.args, step.kwargs, detail, {}, {}, {}});
        if (answer.status == 401) add_challenges(answer, realm_, step.passwords, step.bearers);
        if (step.retry_after_s != 0) answer.fields.push_back({"Retry-After", std::to_string(step.retry_after_s)});
        return answer;
    }

    std::string line(const CallStep& step) const {
        const bool good = step.kind == CallStep::Kind::result || step.kind == CallStep::Kind::progress;
        return (good ? write_bridge_result(Encoding::json, step.args, step.kwargs, !step.last()) : failure(step).body) + "\n";
    }

    const AcceptedMedia accepted_;
    const std::string realm_;
    const bool like_crossbar_;
    bool began_ = false;  // the first of several lines is out
};

/// Who asks: a signature where the path wants one, otherwise what the header says. Nothing: refused, with the answer.
std::optional<HttpLogin> login_of(const HttpRoute& route, const HttpAsk& ask, Encoding encoding, Nonces& nonces,
                                  std::int64_t now, HttpAnswer& refusal) {
    const bool like_crossbar = crossbar(route);
    if (route.alias && !route.alias->key.empty()) {
        const auto secret = read_secret(route.alias->secret);
        if (!secret) {
            refusal = refuse({"heddle.error.no_secret", "the secret of this path's key cannot be read", {}, 500}, encoding, like_crossbar);
            return std::nullopt;
        }
        const SignatureVerdict verdict = check_signature(ask.query, ask.request.body(), route.alias->key, *secret, now, nonces);
        if (verdict.status == 200) return HttpLogin{"signature", route.alias->key, {}, route.alias->role};
        const std::string_view error = verdict.status == 400   ? uri::invalid_argument
                                       : verdict.status == 401 ? uri::authentication_failed
                                                               : std::string_view("heddle.error.throttled");
        refusal = refuse({error, verdict.fault, {}, verdict.status}, encoding, like_crossbar);
        return std::nullopt;
    }
    auto login = login_in(view(ask.request[http::field::authorization]));
    if (login && ask.request.count(http::field::authorization) < 2) return std::move(*login);
    refusal = refuse({uri::authentication_failed, login ? "header Authorization is there twice" : login.error().what}, encoding,
                     like_crossbar);
    add_challenges(refusal, route.realm, true, true);
    return std::nullopt;
}

}  // namespace

HttpAnswer bridge_refusal(std::string_view error, std::string_view detail, std::string_view pointer) {
    return refuse({error, detail, pointer}, Encoding::json, false);
}

std::optional<HttpAnswer> bridge_preface(const HttpRoute& route, const HttpRequest& request) {
    const bool put = crossbar(route);  // which takes PUT for POST
    const std::string methods = put ? "POST, PUT" : "POST";
    if (request.method() == http::verb::options)
        return HttpAnswer{204,
                          {},
                          {},
                          {{"Allow", methods + ", OPTIONS"},
                           {"Access-Control-Allow-Methods", methods},
                           {"Access-Control-Allow-Headers", "Accept, Authorization, Content-Type"},
                           {"Access-Control-Max-Age", "600"}}};
    if (request.method() == http::verb::post || (put && request.method() == http::verb::put)) return std::nullopt;
    HttpAnswer answer = refuse({"heddle.error.no_such_method", "only POST is answered here"}, Encoding::json, put);
    answer.fields.push_back({"Allow", methods + ", OPTIONS"});
    return answer;
}

HttpBegun begin_bridge(const HttpRoute& route, HttpAsk ask, Nonces& nonces, std::int64_t now) {
    const bool like_crossbar = crossbar(route);
    const std::string_view content_type = view(ask.request[http::field::content_type]);
    const auto encoding = encoding_of_media(content_type);
    if (!encoding)
        return at_once(refuse({"heddle.error.no_such_media_type",
                               "Content-Type must be application/json, application/msgpack or application/cbor"},
                              Encoding::json, like_crossbar));
    auto accepted = accepted_in(view(ask.request[http::field::accept]), *encoding);
    if (!accepted)
        return at_once(refuse({"heddle.error.not_acceptable",
                               "Accept names none of application/json, application/msgpack, application/cbor, application/x-ndjson"},
                              *encoding, like_crossbar));
    if (!route.alias && !ask.query.empty())
        return at_once(refuse({uri::invalid_argument, "this path takes no query: everything stands in the body"},
                              accepted->encoding, like_crossbar));
    HttpBegun begun;
    HttpAnswer refusal;
    auto login = login_of(route, ask, accepted->encoding, nonces, now, refusal);
    if (!login) return at_once(std::move(refusal));
    BridgeMessage message;
    if (!ask.body_follows) message = read_bridge_body(route.kind, *encoding, ask.request.body());
    if (!message.fault.empty())
        return at_once(refuse({message.malformed ? std::string_view("heddle.error.malformed") : uri::invalid_argument, message.fault,
                               message.pointer},
                              accepted->encoding, like_crossbar));
    if (message.progressive) accepted = AcceptedMedia{Encoding::json, true};
    begun.task.realm = route.realm;
    begun.task.facts = std::move(ask.facts);
    begun.task.login = std::move(*login);
    begun.task.encoding = *encoding;
    begun.task.message = std::move(message.message);
    begun.task.answer = accepted->encoding;
    begun.task.message_follows = ask.body_follows;
    begun.task.progressive = accepted->lines && route.kind == BridgeKind::call;
    begun.exchange = std::make_unique<BridgeExchange>(*accepted, route.realm, like_crossbar);
    return begun;
}

}  // namespace heddle
