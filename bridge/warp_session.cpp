#include "bridge/warp_session.hpp"
