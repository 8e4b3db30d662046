#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "router/admin/operation.hpp"

namespace heddle::admin {

/// An operation by its path.
struct ApiRoute {
    const Operation* operation = nullptr;  // null: not found, and `allowed` says why
    std::vector<std::string> places;       // of the path, decoded, in the order of Operation::fields
    std::string allowed;                   // methods of this path; empty: there is no such path
};

/// `path`: after /api/v1, without query. `method`: as it stands in the request; HEAD is GET.
ApiRoute find_route(std::string_view method, std::string_view path);

std::string_view name_of(Verb verb);  // "GET"

/// The segments of a path or of its template, split at slashes: {"realms", "{realm}"}.
std::vector<std::string_view> segments(std::string_view path);

}  // namespace heddle::admin
