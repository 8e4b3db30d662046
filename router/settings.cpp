#include "router/settings.hpp"
