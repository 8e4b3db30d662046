#pragma once
#include <iosfwd>
#include <string>

#include "bridge/envelope.hpp"
#include "router/cli/globals.hpp"
#include "router/client/failure.hpp"
#include "router/client/warp_client.hpp"

namespace heddle::cli {

WarpOptions warp_options(const Globals& globals);

/// A body from the command line, as it stands behind a header: `recon:TEXT`, or text that begins with @ or { and is
/// Recon but not JSON, goes as written; anything else is a value as `heddle call` takes it.
std::string read_body(const std::string& text, std::istream& input);

/// One event of a lane as stdout gets it. human: the value; of a map: `"7.speed"  30`, `"7.speed"  removed`, `cleared`;
/// of a list: `0 "k"  30`, `0 "k"  removed`, `2 -> 0 "k"  moved`, `cleared`.
std::string render_body(Form form, const Envelope& envelope);

/// The refusal in `@unlinked(..)@nodeNotFound`.
Failure refused_by(const Envelope& unlinked, const Globals& globals);

}  // namespace heddle::cli
