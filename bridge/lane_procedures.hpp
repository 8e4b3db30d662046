#pragma once
#include <span>
#include <string_view>

#include "bridge/meta_board.hpp"
#include "realms/meta.hpp"

namespace heddle {

/// What meta lanes show, for WAMP clients: `heddle.node.list`, `heddle.lane.list`, `heddle.lane.get`,
/// `heddle.link.list` (README.md, "Introspection").
class LaneProcedures final : public MetaProvider {
 public:
    struct Row {
        std::string_view uri;
        void (*answer)(MetaBoard&, MetaCall&);
    };
    explicit LaneProcedures(MetaBoard& board) : board_(board) {}
    static std::span<const Row> procedures();
    bool has(std::string_view procedure) const override;
    void answer(std::string_view procedure, MetaCall& call) override;

 private:
    MetaBoard& board_;
};

}  // namespace heddle
