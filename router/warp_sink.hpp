#pragma once
#include <string_view>
#include <utility>

#include "bridge/warp_session.hpp"
#include "router/outlet.hpp"

namespace heddle {

/// Frames that one connection alone hears, side by side until something else goes there or the turn ends.
struct WarpBatch {
    ConnectionRef to;
    std::uint64_t frames = 0;  // of all sinks, ever
    ByteBuffer bytes;
    void deliver(Outlet& outlet) {
        if (!bytes.empty()) outlet.deliver(to, Frame(bytes.freeze()), FrameKind::required);
    }
};

/// The text of a WARP frame and the same, wrapped for its transport. Links of one publication share their text: it is
/// wrapped for the first of them.
struct WrappedText {
    SharedBytes text;  // held, so that its address is not given to another text meanwhile
    Frame frame;
};

/// Where a WARP session's frames go, for one call into it; what is said to one connection alone leaves with the turn.
/// None of them may be dropped: a link that missed one would be wrong for good.
class WarpSink final : public FrameSink {
 public:
    /// The batch is the host's: sinks of one connection that are open at the same time keep their order.
    WarpSink(Outlet& outlet, WarpBatch& batch, ConnectionRef to, WrappedText& last)
        : outlet_(outlet), batch_(batch), to_(to), last_(last) {}
    void frame(SharedBytes text) override {
        ++batch_.frames;
        deliver_own();
        if (text.view().data() != last_.text.view().data()) {
            FrameBuilder builder({Encoding::recon, Framing::websocket}, text.size());
            builder.body().append(text.view());
            last_ = {std::move(text), builder.finish()};
        }
        outlet_.deliver(to_, last_.frame, FrameKind::required);
    }
    void own(std::string_view text) override {
        if (!(batch_.to == to_) || batch_.bytes.size() + text.size() > batch_max) batch_.deliver(outlet_);
        batch_.to = to_;
        ++batch_.frames;
        put_websocket_text(text, batch_.bytes);
    }
    void tell_when_sent() override {
        deliver_own();
        outlet_.tell_when_sent(to_);
    }
    void close(CloseReason why) override {
        deliver_own();
        outlet_.close(to_, why);
    }

 private:
    static constexpr std::size_t batch_max = 32 << 10;
    void deliver_own() {
        if (batch_.to == to_) batch_.deliver(outlet_);
    }

    Outlet& outlet_;
    WarpBatch& batch_;
    ConnectionRef to_;
    WrappedText& last_;
};

}  // namespace heddle
