#include "router/cli/app.hpp"

/// One executable: `heddle serve` runs the router (router/server.hpp), the other commands are its tools (router/cli).
int main(int argc, char** argv) { return heddle::cli::run(argc, argv); }
