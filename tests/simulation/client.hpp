#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "router/frame.hpp"
#include "tests/simulation/stage.hpp"

namespace heddle::sim {

/// How a client reads.
struct Reading {
    enum class Pace : std::uint8_t { all, drip, stalled } pace = Pace::all;
    std::size_t drip_bytes = 0;              // at a time
    std::chrono::milliseconds drip_every{1};
};

/// A client of the router: its connection, the octets of its transport, and how it reads. What its messages mean is known
/// to who derives from it. One that leaves may connect again: then it is in its next life.
class Client : public std::enable_shared_from_this<Client> {
 public:
    Client(Stage& stage, std::uint32_t id, Dice dice, WireForm form, WireShape shape);
    virtual ~Client() = default;

    void connect();
    void leave(Wire::End how);
    void read_as(Reading reading);
    /// Does something that its dice choose.
    void act();
    virtual bool in_session() const = 0;
    bool connected() const { return wire_ != nullptr; }
    /// It has read steadily since it connected: it must not miss anything, nor be sent away.
    bool reads() const { return reads_; }
    /// What is wrong with what it received so far, where nothing is under way any more; empty: nothing.
    virtual std::string check_settled() const = 0;
    /// It says goodbye in its protocol's words, where it has any.
    virtual void take_leave() { leave(Wire::End::closed); }
    const std::string& name() const { return name_; }
    bool is_warp() const { return form_.encoding == Encoding::recon; }
    /// As the router sees it: another one in each life.
    std::string address() const { return "10.0.0." + std::to_string(id_) + ":" + std::to_string(life_); }

 protected:
    virtual void opened() = 0;                             // the transport's handshake is done
    virtual void on_message(std::string_view message) = 0;  // of the router
    virtual void on_end() = 0;                             // the connection is over
    virtual void do_something() = 0;

    void say(std::string_view message);
    bool greeted() const { return greeted_; }
    void log(std::string_view what) { stage_.trace().line(stage_.world().now(), name_, what); }
    void fault(const std::string& what);
    /// Later, if it is still the same life then.
    void later(std::chrono::microseconds delay, std::function<void()> work);

    Stage& stage_;
    const std::uint32_t id_;
    Dice dice_;
    const WireForm form_;
    std::uint32_t life_ = 0;

 private:
    void greet();
    void put(std::string_view bytes);
    void pump();
    void schedule_pump();
    void read_frames();
    bool read_greeting();
    bool read_rawsocket_frame();
    bool read_websocket_frame();
    void put_websocket(std::uint8_t opcode, std::string_view payload);
    void act_like_a_reader();

    const std::string name_;
    const WireShape shape_;
    std::shared_ptr<Wire> wire_;
    Reading reading_;
    bool reads_ = true, greeted_ = false, pump_scheduled_ = false;
    ByteQueue outgoing_, incoming_;
};

/// The path of a WARP client names its realm.
inline constexpr std::string_view realm_name = "town";

}  // namespace heddle::sim
