# Warnings for our own code only; other people's headers come in as system headers.
add_library(heddle_warnings INTERFACE)
target_compile_options(heddle_warnings INTERFACE -Wall -Wextra -Wconversion -Werror)
