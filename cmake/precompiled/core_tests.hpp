// The headers that most test files of the core read.
#pragma once
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core.hpp"
