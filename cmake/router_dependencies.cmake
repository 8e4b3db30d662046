# What the router leans on, gathered in one target: Boost.Asio and Beast, websocketpp, OpenSSL, toml++, CLI11, spdlog.
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Boost 1.74 REQUIRED)
if(Boost_VERSION_STRING VERSION_GREATER_EQUAL 1.87)
    message(FATAL_ERROR "Boost ${Boost_VERSION_STRING} dropped names that websocketpp 0.8.2 needs; use 1.74 to 1.86")
endif()
find_package(spdlog REQUIRED)

# websocketpp 0.8.2 repeats template arguments in constructor names, which C++20 forbids: four headers get corrected
# copies in the build tree, found before the originals.
find_path(WEBSOCKETPP_DIR websocketpp/version.hpp REQUIRED)
set(overlay ${CMAKE_BINARY_DIR}/websocketpp-overlay)
foreach(header endpoint.hpp roles/server_endpoint.hpp logger/basic.hpp logger/syslog.hpp)
    file(READ ${WEBSOCKETPP_DIR}/websocketpp/${header} text)
    string(REGEX REPLACE "\n([ \t]*(explicit )?~?)(basic|endpoint|server|syslog)<[a-z,]+>\\(" "\n\\1\\3(" text "${text}")
    file(CONFIGURE OUTPUT ${overlay}/websocketpp/${header} CONTENT "${text}" @ONLY)
endforeach()

add_library(heddle_router_dependencies INTERFACE)
target_include_directories(heddle_router_dependencies SYSTEM BEFORE INTERFACE ${overlay})
target_link_libraries(heddle_router_dependencies INTERFACE OpenSSL::SSL OpenSSL::Crypto Threads::Threads spdlog::spdlog)
target_compile_definitions(heddle_router_dependencies INTERFACE BOOST_ASIO_NO_DEPRECATED_WARNINGS)
# Boost 1.74's asio/awaitable.hpp forgets <utility>.
target_compile_options(heddle_router_dependencies INTERFACE -include utility)
