# The files of the web console as one C++ source: cmake -DFOLDER=console -DOUTPUT=file.cpp -P console_files.cmake
# Each becomes a row {name, content type, ETag, bytes} of `heddle::console_files()` (router/console.cpp). Sorted by name.
cmake_minimum_required(VERSION 3.25)

set(type_html "text/html; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_svg "image/svg+xml")

file(GLOB files RELATIVE ${FOLDER} ${FOLDER}/*.html ${FOLDER}/*.js ${FOLDER}/*.css ${FOLDER}/*.svg)
list(SORT files)
set(rows "")
set(total 0)
foreach(name IN LISTS files)
    get_filename_component(ending ${name} LAST_EXT)
    string(SUBSTRING ${ending} 1 -1 ending)
    file(SIZE ${FOLDER}/${name} size)
    math(EXPR total "${total} + ${size}")
    file(SHA256 ${FOLDER}/${name} digest)
    string(SUBSTRING ${digest} 0 16 digest)
    file(READ ${FOLDER}/${name} bytes HEX)
    string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
    string(APPEND rows "    {\"${name}\", \"${type_${ending}}\", \"\\\"${digest}\\\"\",\n     std::string_view(\"${bytes}\", ${size})},\n")
endforeach()
if(total GREATER 153600)
    message(FATAL_ERROR "the console has ${total} bytes; 150 KiB (153600) at most")
endif()
file(WRITE ${OUTPUT} "// Made of console/ by cmake/console_files.cmake.
#include \"router/console.hpp\"

namespace heddle {

std::span<const ConsoleFile> console_files() {
    static constexpr ConsoleFile files[] = {
${rows}    };
    return files;
}

}  // namespace heddle
")
