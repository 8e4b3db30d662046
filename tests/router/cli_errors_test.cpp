#include "router/cli/errors.hpp"

#include <gtest/gtest.h>

#include "router/cli/exit_codes.hpp"

namespace heddle::cli {
namespace {

Globals plain() {
    Globals globals;
    globals.color = "never";
    return globals;
}

TEST(Errors, NoConnectionSaysWhereTheAddressCameFromAndWhatToTry) {
    Failure failure(Failure::Kind::no_connection, "cannot connect to ws://127.0.0.1:8080: connection refused");
    EXPECT_EQ(
        render_failure(failure, plain()),
        "error: cannot connect to ws://127.0.0.1:8080: connection refused\n"
        "  address is the default; is a router running? try: heddle health; other address: --url or HEDDLE_URL\n");
    EXPECT_EQ(exit_code_of(failure), exit_no_connection);
}

TEST(Errors, ADenialNamesTheUriTheIdentityAndTheWampError) {
    ErrorReply reply;
    reply.error = "wamp.error.not_authorized";
    Failure failure = refused_by(reply, "publish com.plant.a", plain());
    EXPECT_EQ(exit_code_of(failure), exit_not_let_in);
    EXPECT_EQ(render_failure(failure, plain())
                  .find("error: not authorized to publish com.plant.a  (wamp.error.not_authorized)\n  as anonymous, "
                        "realm realm1"),
              0u);
}

/// Callees choose the error and its arguments, and routers their reasons.
TEST(Errors, NothingOfAFailureIsACommandToTheTerminal) {
    ErrorReply reply;
    reply.error = "com.\x1b[2J";
    reply.payload = {Encoding::json, "[\"\xc2\x9b\"]", {}};
    const std::string text = render_failure(refused_by(reply, "call com.add", plain()), plain());
    EXPECT_EQ(text.find_first_of("\x1b\x9b"), std::string::npos) << text;
    EXPECT_EQ(text.find("error: refused: call com.add  (com.?[2J)\n"), 0u) << text;
    EXPECT_EQ(render_failure(Failure(Failure::Kind::bad_config, "two\nlines\x07"), plain()), "error: two\nlines?\n");
}

TEST(Errors, ARefusalShowsItsArgumentsWhateverTheSessionsEncoding) {
    ErrorReply reply;
    reply.error = "com.example.error";
    reply.payload = {Encoding::msgpack, "\x91\xa7too hot", "\x81\xa2" "at\x5a"};
    const Failure failure = refused_by(reply, "call com.add", plain());
    ASSERT_EQ(failure.hints.size(), 2u);
    EXPECT_EQ(failure.hints[0], "args [\"too hot\"]");
    EXPECT_EQ(failure.hints[1], "kwargs {\"at\":90}");
}

TEST(Errors, ARefusalShowsWhatTheCalleeSaid) {
    ErrorReply reply;
    reply.error = "com.example.error";
    reply.payload = {Encoding::json, "[\"too hot\"]", "{\"at\":90}"};
    Failure failure = refused_by(reply, "call com.add", plain());
    EXPECT_EQ(exit_code_of(failure), exit_refused);
    EXPECT_EQ(render_failure(failure, plain()),
              "error: refused: call com.add  (com.example.error)\n  args [\"too hot\"]\n  kwargs {\"at\":90}\n");
}

TEST(Errors, JsonFormIsOneLine) {
    Globals globals = plain();
    globals.form = Form::json;
    ErrorReply reply;
    reply.error = "wamp.error.no_such_procedure";
    EXPECT_EQ(render_failure(refused_by(reply, "call a", globals), globals),
              "{\"error\":\"wamp.error.no_such_procedure\",\"message\":\"refused: call a\",\"hints\":[],\"exit\":1}\n");
    EXPECT_EQ(render_failure(Failure(Failure::Kind::usage, "what"), globals),
              "{\"error\":null,\"message\":\"what\",\"hints\":[],\"exit\":2}\n");
}

TEST(Errors, ColourOnlyWhereAskedFor) {
    Globals globals = plain();
    globals.color = "always";
    EXPECT_EQ(render_failure(Failure(Failure::Kind::usage, "what"), globals), "\x1b[31merror:\x1b[0m what\n");
}

}  // namespace
}  // namespace heddle::cli
