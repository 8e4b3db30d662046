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
        set(unity OFF)  # test files have helpers of the same names
        string(APPEND headers _tests)
    endif()
    target_precompile_headers(${target} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled/${headers}.hpp)
    if(unity)
        heddle_compile_in_batches(${target})
    endif()
endfunction()

# heddle_compile_in_batches(TARGET): a file's batch depends on its own path only, so that a new file does not move others to
# another batch.
function(heddle_compile_in_batches target)
    get_target_property(sources ${target} SOURCES)
    foreach(source IN LISTS sources)
        get_filename_component(name ${source} NAME_WE)
        get_filename_component(folder ${source} DIRECTORY)
        string(MD5 digest ${name})
        string(SUBSTRING ${digest} 0 1 digit)
        math(EXPR bucket "0x${digit} / 4")
        set_property(SOURCE ${source} PROPERTY UNITY_GROUP "${folder}-${bucket}")
    endforeach()
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()
