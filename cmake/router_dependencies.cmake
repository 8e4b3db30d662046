# What the router leans on, gathered in one target: Boost.Asio and Beast, websocketpp, OpenSSL, toml++, CLI11, spdlog, SQLite.
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Boost 1.74 REQUIRED)
if(Boost_VERSION_STRING VERSION_GREATER_EQUAL 1.87)
    message(FATAL_ERROR "Boost ${Boost_VERSION_STRING} dropped names that websocketpp 0.8.2 needs; use 1.74 to 1.86")
endif()
find_package(spdlog REQUIRED)
find_package(SQLite3 3.35 REQUIRED)

# Only websocketpp's frame processor and HTTP parser are used: they are valid C++20 as packaged, its endpoint classes are not.
find_path(WEBSOCKETPP_DIR websocketpp/version.hpp REQUIRED)

add_library(heddle_router_dependencies INTERFACE)

target_link_libraries(heddle_router_dependencies INTERFACE OpenSSL::SSL OpenSSL::Crypto Threads::Threads spdlog::spdlog
                      SQLite::SQLite3)
# Boost 1.74's asio/awaitable.hpp forgets <utility>.
target_compile_options(heddle_router_dependencies INTERFACE -include utility)
