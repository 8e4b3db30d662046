// The headers that most test files of the router read.
#pragma once
#include <gtest/gtest.h>

#include "router.hpp"
