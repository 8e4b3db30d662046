#include "router/warp_peer.hpp"

#include <limits>
#include <utility>

#include "router/connection.hpp"
#include "router/listener.hpp"
#include "router/worker.hpp"

namespace heddle {
namespace {

class WarpPeer final : public Peer {
 public:
    WarpPeer(Connection& connection, const RealmAddress& realm) : connection_(connection), realm_(realm) {
        const bool local = !connection.listener().settings.unix_path.empty();
        const std::string_view via = local ? "warp+unix" : connection.secure() ? "warps" : "warp";
        constexpr auto any_size = std::numeric_limits<std::size_t>::max();
        Attachment attachment{connection.self(), {Encoding::recon, Framing::websocket}, any_size, true, connection.from(),
                              via,               connection.facts()};
        attachment.facts.transport = via;
        attachment.facts.links = true;
        connection.worker().attach(realm, std::move(attachment));
        if (realm.worker != &connection.worker()) wait_for_realm();
    }
    void on_message(std::string_view bytes) override {
        connection_.worker().bytes(realm_, connection_.self(), bytes);
        if (connection_.in_session() || decided_) return;
        passed_on_ += bytes.size();
        if (passed_on_ < unjoined_bytes_max || held_back_) return;
        held_back_ = true;
        connection_.pause_reading(true);
    }
    void on_welcomed() override { decided(); }
    void on_turned_away() override { decided(); }
    void on_violation(CloseReason why, std::string_view) override { connection_.close(why); }
    void on_sent() override { connection_.worker().sent(realm_, connection_.self()); }
    void on_detached() override { connection_.close(CloseReason::goodbye); }
    std::string_view realm() const override { return realm_.host->name(); }
    void on_lost(CloseReason why) override { connection_.worker().lost(realm_, connection_.self(), why); }

 private:
    /// Frames that wait for the first login (those of later ones are bounded by the session): with one more of
    /// limits.message_before_session, and what was read and held back, a connection without a session holds 32 KiB.
    static constexpr std::size_t unjoined_bytes_max = 12 << 10;

    void wait_for_realm();
    void decided() {
        decided_ = true;
        if (std::exchange(held_back_, false)) connection_.pause_reading(false);
    }

    Connection& connection_;
    RealmAddress realm_;
    std::size_t passed_on_ = 0;  // before the session
    bool held_back_ = false;     // reading waits until the realm has decided
    bool decided_ = false;       // about the first login
};

/// The realm lives on another thread: whether it lets anybody in at once, and how large a frame may be, is known when its
/// first answer is back. Nothing is read until then. The round follows the mail of both turns (Worker::after_turn), so the
/// answer, if there is one, is there before.
void WarpPeer::wait_for_realm() {
    connection_.pause_reading(true);
    Worker& here = connection_.worker();
    here.after_turn([&here, there = realm_.worker, weak = connection_.weak_from_this()] {
        there->post([&here, there, weak](TimePoint) {
            there->after_turn([&here, weak] {
                here.post([weak](TimePoint) {
                    if (const auto connection = weak.lock(); connection && !connection->closing())
                        connection->pause_reading(false);
                });
            });
        });
    });
}

}  // namespace

std::unique_ptr<Peer> make_warp_peer(Connection& connection, const RealmAddress& realm) {
    return std::make_unique<WarpPeer>(connection, realm);
}

}  // namespace heddle
