#include "realms/close_reason.hpp"
