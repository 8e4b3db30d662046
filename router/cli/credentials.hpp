#pragma once
#include "router/cli/globals.hpp"
#include "router/client/wamp_client.hpp"

namespace heddle::cli {

/// A session as the settings say: address, realm, and the credentials behind their references, which this reads (it may
/// ask at the terminal). Throws Failure.
WampOptions wamp_options(const Globals& globals);
LoginCredentials read_credentials(const Globals& globals);

/// "kim, role operator, realm plant (context plant)", "anonymous, realm realm1": of the session where there was one.
std::string describe_identity(const Globals& globals);

}  // namespace heddle::cli
