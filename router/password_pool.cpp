#include "router/password_pool.hpp"

#include <memory>
#include <utility>

#include "realms/auth/digest.hpp"
#include "realms/auth/passwords.hpp"
#include "router/faults.hpp"

namespace heddle {
namespace {

/// The secret is overwritten however this ends: checked, refused or dropped.
struct PasswordJob {
    std::string stored, secret;
    PasswordPool::Done done;
    ~PasswordJob() { auth::wipe(secret); }
};

}  // namespace

/// A check that fails for another reason than the password lets nobody in.
bool PasswordPool::check(std::string stored, std::string secret, Done done) {
    const auto job = std::make_shared<PasswordJob>(std::move(stored), std::move(secret), std::move(done));
    return pool_.run([this, job] {
        bool good = false;
        faults_.guard("checking a password", [&] { good = auth::check_stored(job->stored, job->secret); });
        auth::wipe(job->secret);
        job->done(good);
        return HelperPool::Deliver();
    });
}

}  // namespace heddle
