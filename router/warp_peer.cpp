#include "router/warp_peer.hpp"

#include <limits>

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
    }
    void on_message(std::string_view bytes) override { connection_.worker().bytes(realm_, connection_.self(), bytes); }
    void on_violation(CloseReason why, std::string_view) override { connection_.close(why); }
    void on_sent() override { connection_.worker().sent(realm_, connection_.self()); }
    void on_detached() override { connection_.close(CloseReason::goodbye); }
    std::string_view realm() const override { return realm_.host->name(); }
    void on_lost(CloseReason why) override { connection_.worker().lost(realm_, connection_.self(), why); }

 private:
    Connection& connection_;
    RealmAddress realm_;
};

}  // namespace

std::unique_ptr<Peer> make_warp_peer(Connection& connection, const RealmAddress& realm) {
    return std::make_unique<WarpPeer>(connection, realm);
}

}  // namespace heddle
