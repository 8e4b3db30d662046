#pragma once
#include <chrono>
#include <string_view>

#include "realms/authorizer_answers.hpp"
#include "realms/questions.hpp"
#include "realms/session.hpp"
#include "serializers/bytes.hpp"

namespace heddle {

/// The arguments of the CALL that asks the dynamic authorizer, as Crossbar's take them, in MessagePack:
/// [{session, authid, authrole, authmethod, authprovider, realm}, uri, action, {match}].
void put_authorizer_question(const Session& session, std::string_view realm, const Deed& deed, ByteBuffer& out);

/// What came back: true or false, or {allow, disclose, cache, scope} of which only `allow` must be there.
struct AuthorizerVerdict {
    bool good = false;      // false: an error, or nothing that can be understood
    bool nonsense = false;  // the latter
    bool allowed = false;
    Disclosure disclosure = Disclosure::as_asked;
    AuthorizerAnswers::For whom = AuthorizerAnswers::For::user;
    std::chrono::milliseconds cache{0};  // how long it holds beyond this one message
};
/// `cache`: for answers that do not say how long they hold.
AuthorizerVerdict read_authorizer_verdict(const Outcome& outcome, std::chrono::milliseconds cache);

}  // namespace heddle
