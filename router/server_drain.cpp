// The end in good order, on worker 0, within server.drain:
//
//   0 %            no new connections, sessions and calls; what is open goes on
//   up to 75 %     GOODBYE to sessions without open calls, one after the other, so that their clients do not come
//                  back to another router all at once; at least ten a second, so that few take no time
//   75 to 90 %     the same to each session whose last call ends
//   90 %           GOODBYE to all that are left; their calls are canceled
//   100 %          the end, whoever is still there
#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>

#include "router/server.hpp"

namespace heddle {
namespace {

constexpr std::chrono::milliseconds step{20};
constexpr double spread_until = 0.75, calls_until = 0.9;  // of server.drain
constexpr double goodbyes_per_second_min = 10;

}  // namespace

void Server::begin_drain(const std::string& why) {
    log_.write(LogLevel::info, "server.drain", {{"signal", why}, {"connections", site_.connections.load()}});
    service_manager_.stopping(why);
    site_.draining = true;
    for (const auto& acceptor : acceptors_) acceptor->stop();
    for (const auto& worker : site_.workers) boost::asio::post(worker->io(), [w = worker.get()] { w->drain(); });
    drain_ = {std::chrono::steady_clock::now(), main().settings().drain, site_.connections.load()};
    go_on_draining();
}

void Server::go_on_draining() {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - drain_.began;
    const double all = std::chrono::duration<double>(drain_.time).count();
    if (!drain_.sent_all && passed.count() >= calls_until * all) send_all_away();
    const bool over = site_.connections == 0 || passed.count() >= all;
    if (drain_.settled && over) return stop();
    if (!drain_.sent_all) {
        const double spread = passed.count() / (spread_until * all);
        const double fast = passed.count() * goodbyes_per_second_min / static_cast<double>(drain_.connections + 1);
        const double share = std::min(1.0, std::max(spread, fast));
        for (const auto& worker : site_.workers)
            boost::asio::post(worker->io(), [w = worker.get(), share] { w->send_away(share); });
        if (site_.connections == 0) send_all_away();
    }
    drain_timer_->expires_after(step);
    drain_timer_->async_wait([this](const boost::system::error_code& error) {
        if (!error) go_on_draining();
    });
}

/// GOODBYEs go from realms to connections of other threads: they are to leave even where nobody waits for an answer.
void Server::send_all_away() {
    drain_.sent_all = true;
    for (const auto& worker : site_.workers) boost::asio::post(worker->io(), [w = worker.get()] { w->shut_down(); });
    settle([this] { boost::asio::post(main().io(), [this] { drain_.settled = true; }); });
}

}  // namespace heddle
