#pragma once
#include <string_view>

#include "router/outlet.hpp"

namespace heddle {
class Worker;
}

namespace heddle::metrics {

/// `GET /metrics`, asked by the HTTP connection `reader` of this worker: it gets its answer by Worker::answer.
void answer_metrics(Worker& worker, ConnectionRef reader, std::string_view accept);

/// `GET /health/live`, in the same way: 200 when every thread turned its loop within ten seconds, 503 where one did not.
void answer_live(Worker& worker, ConnectionRef reader);

}  // namespace heddle::metrics
