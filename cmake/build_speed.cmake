# What makes a build from scratch quick (docs/internals/build.md shows where the time goes): headers of libraries are read
# once for each target (precompiled), and several files are compiled together (unity), so that templates of nlohmann_json,
# Asio and CLI11 are instantiated once for a batch instead of once for each file.
option(HEDDLE_UNITY "Compile several files together: quicker from scratch, slower after a small change" ON)

# heddle_build_fast(TARGET): for targets of our own sources. Precompiled headers are cmake/precompiled/core.hpp, and
# router.hpp for what may see the router's libraries, and the same with GoogleTest for test programs. Only what sees the
# router's libraries is compiled in batches: the core is quick as it is.
function(heddle_build_fast target)
    get_target_property(libraries ${target} LINK_LIBRARIES)
    set(headers core)
    set(unity OFF)
    if(target STREQUAL heddle_router OR "heddle_router" IN_LIST libraries)
        set(headers router)
        set(unity ${HEDDLE_UNITY})
    endif()
    if("GTest::gtest_main" IN_LIST libraries)
        string(APPEND headers _tests)
    endif()
    target_precompile_headers(${target} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled/${headers}.hpp)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ${unity} UNITY_BUILD_BATCH_SIZE 16)
endfunction()
