// Long because it is one thing: what a program does, step by step.
#include "tests/realms/model_program.hpp"

#include <algorithm>

#include "serializers/names.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> names = {"ann", "bob", "cat", "dan"};
// Topics and procedures are the same texts: nothing of the one may reach the other.
const std::vector<std::string> uris = {"a", "b", "a.b", "a.c", "b.c", "ab.c", "a.b.c", "a.c.c"};
const std::vector<std::pair<Match, std::string>> patterns = {
    {Match::exact, "a"},     {Match::exact, "a.b"},   {Match::exact, "a.b.c"},   {Match::prefix, ""},
    {Match::prefix, "a"},    {Match::prefix, "a."},   {Match::prefix, "a.b"},    {Match::wildcard, "."},
    {Match::wildcard, "a."}, {Match::wildcard, ".c"}, {Match::wildcard, "a..c"}, {Match::wildcard, ".b."},
};
const std::vector<std::string> payloads = {"", "[0]", "[1]", "[2,2]"};

template <class List>
const auto& pick(const List& list, std::uint64_t number) {
    return list[number % list.size()];
}

RealmSettings settings() {
    RealmSettings made = open_realm();
    made.limits.call_timeout = 100ms;
    made.limits.calls_max = 4;
    return made;
}

/// The features that calls depend on, each or not.
Roles roles_of(std::uint64_t bits) {
    Roles made = all_roles();
    for (const Feature feature :
         {Feature::progressive_call_results, Feature::call_canceling, Feature::progressive_call_invocations,
          Feature::call_timeout, Feature::call_reroute}) {
        if (bits % 4 != 0) made.add(Role::callee, feature);
        if (bits / 4 % 4 != 0) made.add(Role::caller, feature);
        bits /= 16;
    }
    return made;
}

}  // namespace

ProgramRun::ProgramRun(Tally& tally) : tally_(tally), settings_(settings()), play_(settings_), model_(settings_) {}

std::string ProgramRun::play(const std::vector<Op>& ops) {
    for (const Op& op : ops) {
        step(op);
        if (!trouble_.empty()) return trouble_;
    }
    for (int i = 0; i < 15; ++i) pass(10ms);  // when each deadline comes
    pass(1h);
    for (const Name& name : names)
        if (model_.sessions().contains(name)) gone(name);
    const Realm::Counts counts = play_.counts();
    if (trouble_.empty() && counts.sessions + counts.subscriptions + counts.registrations + counts.calls != 0)
        trouble_ = "something is left behind";
    return trouble_;
}

void ProgramRun::step(const Op& op) {
    const Name& name = pick(names, op.what);
    if (!model_.sessions().contains(name)) return join(name, op);
    switch (op.what / names.size() % 33) {
        case 0:
            return gone(name);
        case 1:
            return say(name, goodbye());
        case 2:
        case 3:
            return pass(std::chrono::milliseconds(op.a % 60));
        case 4:
        case 5:
        case 6:
            return subscribe(name, op);
        case 7:
            return say(name, unsubscribe(++requests_[name], 1 + op.a % 9));
        case 8:
        case 9:
        case 10:
        case 11:
        case 12:
            return publish(name, op);
        case 13:
        case 14:
        case 15:
            return register_(name, op);
        case 16:
            return say(name, unregister(++requests_[name], 1 + op.a % 9));
        case 17:
        case 18:
        case 19:
        case 20:
        case 21:
            return call(name, op);
        case 22:
        case 23:
            return continue_call(name, op);
        case 24:
        case 25:
            return cancel(name, op);
        case 32:
            return edit(op);
        default:
            return answer(name, op);
    }
}

/// A few rules beside the one that allows everything, or none.
void ProgramRun::edit(const Op& op) {
    RealmSettings next = settings_;
    std::uint64_t bits = op.b;
    for (std::uint64_t count = op.a % 8 < 5 ? 0 : op.a % 8 - 4; count > 0; --count, bits /= 64) {  // mostly open again
        const auto& [match, text] = pick(patterns, op.c / (count + 3));
        PermissionRule rule{match, text, {}, {}};
        (bits / 16 % 4 == 0 ? rule.allow : rule.deny).bits = static_cast<std::uint8_t>(bits % 16);
        next.roles.front().permissions.push_back(rule);
        note("-- " + std::string(rule.deny.bits ? "deny " : "allow ") + std::to_string(bits % 16) + " " +
             std::string(name_of(match)) + " '" + text + "'");
    }
    note("-- rules are edited");
    ++tally_["edited"];
    const Ends ends = play_.apply(next);
    const std::size_t wanted = model_.edit(next);
    tally_["revoked"] += wanted;
    if (ends.total() != wanted && trouble_.empty())
        trouble_ = "ended: " + std::to_string(ends.total()) + ", not " + std::to_string(wanted);
    compare(drain(), false);
}

void ProgramRun::join(const Name& name, const Op& op) {
    note(name + " joins");
    const Roles roles = roles_of(op.a);
    play_.connect(name);
    play_.send(name, hello(settings_.name, roles));
    model_.join(name, roles, play_.session(name), play_.authid(name));
    requests_[name] = 0;
    streams_[name].clear();
    compare(drain(), true);
}

void ProgramRun::pass(std::chrono::milliseconds time) {
    note("-- " + std::to_string(time.count()) + " ms pass");
    play_.pass(time);
    model_.pass(time);
    compare(drain(), false);
}

void ProgramRun::gone(const Name& name) {
    note(name + " is lost");
    ++tally_["lost"];
    play_.lose(name);
    model_.leave(name);
    compare(drain(), false);
}

void ProgramRun::say(const Name& name, const Message& message) {
    note(name + ": " + Play::expected(message));
    play_.send(name, message);
    Model::Received real = drain();
    if (std::holds_alternative<ErrorReply>(message))  // of a callee that is not available
        for (const auto& [other, lines] : real)
            for (const std::string& line : lines)
                if (line.starts_with("INVOCATION ")) ++tally_["moved"];
    model_.say(name, message, real);
    compare(std::move(real), std::holds_alternative<Subscribe>(message));
    if (!model_.sessions().contains(name))
        play_.lose(name);  // after GOODBYE or a violation: another endpoint next time
}

void ProgramRun::subscribe(const Name& name, const Op& op) {
    auto [match, text] = pick(patterns, op.a);
    if (text.empty()) text = "b";  // what the router itself tells to those who receive everything is no part of the model
    SubscribeOptions options;
    options.match = match;
    options.get_retained = op.b % 2 == 0;
    say(name, test::subscribe(++requests_[name], text, options));
}

void ProgramRun::publish(const Name& name, const Op& op) {
    PublishOptions options;
    options.acknowledge = op.b % 2 == 0;
    options.exclude_me = op.b / 2 % 3 != 0;
    options.retain = op.b / 6 % 2 == 0;
    options.disclose_me = op.b / 6 % 7 == 0;
    if (op.b / 12 % 3 == 0) options.lists = lists(op);
    say(name, test::publish(++requests_[name], pick(uris, op.a), pick(payloads, op.b / 36), options));
}

/// Some lists, each of which names some of those who are there.
std::shared_ptr<const ReceiverLists> ProgramRun::lists(const Op& op) {
    ReceiverLists made;
    std::uint64_t which = op.c, whom = op.d;
    const auto fill = [&](auto& list, const auto& value_of) {
        if (which % 3 == 0) {
            list.emplace();
            for (const auto& [name, session] : model_.sessions()) {
                if (whom % 2 == 0) list->push_back(value_of(session));
                whom /= 2;
            }
        }
        which /= 3;
    };
    const auto id = [](const Model::Session& session) { return session.id; };
    const auto authid = [](const Model::Session& session) { return std::string_view(session.authid); };
    const auto role = [](const Model::Session&) { return std::string_view("anonymous"); };
    fill(made.eligible, id);
    fill(made.exclude, id);
    fill(made.eligible_authid, authid);
    fill(made.exclude_authid, authid);
    if (op.c / 7 % 4 == 0) fill(made.eligible_authrole, role);
    if (op.c / 7 % 16 == 1) fill(made.exclude_authrole, role);
    return std::make_shared<const ReceiverLists>(std::move(made));
}

void ProgramRun::register_(const Name& name, const Op& op) {
    const auto& [match, text] = pick(patterns, op.a);
    RegisterOptions options;
    options.match = match;
    options.invoke = static_cast<Invoke>(text.size() % 5 == 0 ? op.b % 5 : text.size() % 5);  // so that some agree
    options.disclose_caller = op.c % 4 == 0;
    options.forward_timeout = op.c / 4 % 2 == 0;
    say(name, test::register_(++requests_[name], text, options));
}

void ProgramRun::call(const Name& name, const Op& op) {
    CallOptions options;
    options.receive_progress = op.b % 2 == 0;
    options.disclose_me = op.b / 2 % 4 == 0;
    options.timeout_ms = op.b / 8 % 3 == 0 ? 1 + op.c % 150 : 0;
    const bool streams = model_.sessions().at(name).knows(Role::caller, Feature::progressive_call_invocations);
    options.progress = op.b / 24 % 3 == 0 && (streams || op.b / 72 % 8 == 0);
    const std::string& procedure = pick(uris, op.a);
    const std::uint64_t request = ++requests_[name];
    if (options.progress) streams_[name][request] = procedure;
    say(name, test::call(request, procedure, pick(payloads, op.d), options));
}

/// More of a call that it streams, in time or too late.
void ProgramRun::continue_call(const Name& name, const Op& op) {
    std::map<std::uint64_t, std::string>& streams = streams_[name];
    if (streams.empty()) return;
    auto at = streams.begin();
    std::advance(at, op.a % streams.size());
    const auto [request, procedure] = *at;
    CallOptions options;
    options.progress = op.b % 3 != 0;
    options.timeout_ms = op.c % 50;  // only what the first CALL said counts
    options.disclose_me = op.c % 2 == 0;
    if (!options.progress) streams.erase(at);
    ++tally_["continued"];
    say(name, test::call(request, procedure, pick(payloads, op.d), options));
}

void ProgramRun::cancel(const Name& name, const Op& op) {
    std::vector<std::uint64_t> open = {1 + op.a % (requests_[name] + 1)};  // any, also one that is over
    for (const Model::Call& call : model_.calls())
        if (call.caller == name) open.push_back(call.request);
    say(name, test::cancel(pick(open, op.b), static_cast<CancelMode>(op.c % 4)));
}

void ProgramRun::answer(const Name& name, const Op& op) {
    std::vector<std::uint64_t> open;
    for (const Model::Call& call : model_.calls())
        if (call.callee == name) open.push_back(call.invocation);
    const std::uint64_t sent = model_.sessions().at(name).invocations;
    if (sent > 0 && op.a % 16 == 0) open.push_back(1 + op.b % sent);  // perhaps of a call that is over
    if (op.a / 16 % 64 == 0) open = {sent + 1};                       // of none that ever was
    if (open.empty()) return;
    const std::uint64_t invocation = pick(open, op.b);
    const std::string& args = pick(payloads, op.c);
    switch (op.d % 8) {
        case 0:
            return say(name, test::error(68, invocation, "com.app.bad", args));
        case 1:
        case 2:
            return say(name, test::error(68, invocation, "wamp.error.unavailable"));
        case 3:
        case 4:
            return say(name, yield(invocation, args));
        default:
            return say(name, yield(invocation, args, true));  // asked for or not
    }
}

// ---- what everybody received

Model::Received ProgramRun::drain() {
    Model::Received real;
    for (const Name& name : names)
        for (std::string line = play_.next(name); !line.empty(); line = play_.next(name)) {
            note("    " + name + " receives " + line);
            count(line);
            real[name].push_back(std::move(line));
        }
    return real;
}

/// `in_order`: line by line; otherwise it does not matter in which order one act reaches a peer that it reaches twice.
void ProgramRun::compare(Model::Received real, bool in_order) {
    Model::Received wanted = model_.take();
    for (const Name& name : names) {
        std::vector<std::string>&got = real[name], &due = wanted[name];
        if (!in_order) {
            std::sort(got.begin(), got.end());
            std::sort(due.begin(), due.end());
        }
        if (got == due || !trouble_.empty()) continue;
        trouble_ = name + (due.empty() ? " should have received nothing\n" : " should have received\n");
        for (const std::string& line : due) trouble_ += "    " + line + "\n";
    }
    compare_counts();
}

void ProgramRun::compare_counts() {
    const Realm::Counts counts = play_.counts();
    const auto check = [&](const char* what, std::size_t real, std::size_t wanted) {
        if (real != wanted && trouble_.empty())
            trouble_ = std::string(what) + ": " + std::to_string(real) + ", not " + std::to_string(wanted);
    };
    check("sessions", counts.sessions, model_.sessions().size());
    check("subscriptions", counts.subscriptions, model_.subscriptions().size());
    check("registrations", counts.registrations, model_.registrations().size());
    check("calls", counts.calls, model_.calls().size());
}

void ProgramRun::count(const std::string& line) {
    const std::string kind = line.substr(0, line.find(' '));
    ++tally_[kind];
    for (const char* detail :
         {"retained", "topic", "publisher", "receive_progress", "progress", "procedure", "timeout"})
        if (line.find(std::string(" ") + detail) != line.npos) ++tally_[kind + " " + detail];
    if (kind == "ERROR") ++tally_[line.substr(line.rfind('.') + 1)];
}

void ProgramRun::note(const std::string& line) { transcript_ += line + "\n"; }

}  // namespace heddle::test
