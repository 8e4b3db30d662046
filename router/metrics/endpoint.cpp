#include "router/metrics/endpoint.hpp"

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "router/metrics/collect.hpp"
#include "router/metrics/families.hpp"
#include "router/worker.hpp"

namespace heddle::metrics {
namespace {

constexpr std::chrono::seconds turn_max{10};

/// Who has turned its loop since it was asked. Touched by the asking worker alone.
struct RollCall {
    explicit RollCall(boost::asio::io_context& io) : timer(io) {}
    boost::asio::steady_timer timer;
    std::size_t missing = 0;
    bool answered = false;
};

}  // namespace

void answer_metrics(Worker& worker, ConnectionRef reader, std::string_view accept) {
    collect(worker, [&worker, reader, form = form_for(accept)](const Snapshot& snapshot) {
        worker.answer(reader, {200, content_type(form), text(snapshot, form), {}});
    });
}

void answer_live(Worker& worker, ConnectionRef reader) {
    auto roll = std::make_shared<RollCall>(worker.io());
    const auto finish = [&worker, reader, roll](unsigned status, std::string body) {
        if (std::exchange(roll->answered, true)) return;
        roll->timer.cancel();
        worker.answer(reader, {status, "application/json", std::move(body), {}});
    };
    roll->missing = worker.site().workers.size();
    for (const auto& other : worker.site().workers) {
        std::function<void(TimePoint)> come_back = [roll, finish](TimePoint) {
            if (--roll->missing == 0) finish(200, "{\"status\":\"ok\"}\n");
        };
        // It is handed over whole: the last owner of the timer must be the worker that the timer is of.
        other->post([&worker, come_back = std::move(come_back)](TimePoint) mutable { worker.post(std::move(come_back)); });
    }
    roll->timer.expires_after(turn_max);
    roll->timer.async_wait([&worker, roll, finish](const boost::system::error_code& error) {
        if (error) return;
        worker.begin_turn();
        finish(503, "{\"status\":\"stuck\",\"threads\":" + std::to_string(roll->missing) + "}\n");
    });
}

}  // namespace heddle::metrics
