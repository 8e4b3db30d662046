#pragma once
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>

#include "bridge/uplink.hpp"
#include "router/client/address.hpp"
#include "router/entropy.hpp"
#include "router/local_peer.hpp"
#include "router/outlet.hpp"
#include "router/settings.hpp"

namespace heddle {

class RealmHost;
class UplinkConnection;
class Worker;

/// An uplink with what it needs from the world: its place in the realm, its connection, its timer and the log. Lives on
/// the realm's worker, for as long as that.
class UplinkPeer final : public LocalPeer,
                         public HeldSender,
                         public std::enable_shared_from_this<UplinkPeer>,
                         private UplinkWire,
                         private RealmSeat {
 public:
    /// Throws std::runtime_error where an address or a secret is not to be had.
    UplinkPeer(Worker& worker, RealmHost& host, const UplinkEntry& entry);
    ~UplinkPeer() override;

    void start();
    /// No more attempts. The session in the realm ends with the realm.
    void stop();

    bool is_open() const { return uplink_.is_open(); }
    void on_message(const Message& message) override;
    void on_event(const Event& event) override;
    void on_closed(CloseReason why) override;

    // Readers in the realm are behind with what the server sends: nothing more is read from it.
    void hold() override;
    void release() override;

 private:
    template <class F>
    void turn(F&& work);
    void settle_later();
    void arm();

    void connect() override;
    void disconnect() override;
    void frame(SharedBytes text) override;
    std::size_t waiting() const override;
    void note(const UplinkNote& note) override;

    void join(const HelloDetails& details) override;
    void say(const Message& message) override;

    Worker& worker_;
    RealmHost& host_;
    const std::string name_, role_, url_, ca_;
    const std::size_t message_max_;
    const std::chrono::milliseconds silence_;
    Address address_;
    KernelEntropy entropy_;
    Uplink uplink_;
    EndpointId self_;
    ConnectionRef sender_;  // for those who hold it
    std::int32_t holds_ = 0;
    boost::asio::steady_timer timer_;
    TimePoint armed_for_ = TimePoint::max();
    std::shared_ptr<UplinkConnection> connection_;
    std::uint64_t connections_ = 0;  // a callback of an earlier one is not for us
    bool in_turn_ = false, settling_ = false;
};

}  // namespace heddle
