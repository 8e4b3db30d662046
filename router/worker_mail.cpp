// What goes between connections and realms: a direct call where they share the thread, otherwise gathered and handed
// over in one post at the end of the turn.
#include <utility>

#include "router/connection.hpp"
#include "router/worker.hpp"

namespace heddle {

// ---- connection to realm ----

Worker::ToRealm& Worker::mail_to(const RealmAddress& realm, ConnectionRef from, ToRealm::What what) {
    if (outgoing_.empty()) outgoing_.resize(site_.workers.size());
    auto& mail = outgoing_[realm.worker->index_].to_realms;
    mail.push_back({realm.host, from, what, CloseReason::goodbye, {}, nullptr});
    return mail.back();
}

void Worker::attach(const RealmAddress& realm, Attachment attachment) {
    if (realm.worker == this) {
        realm.host->attach(std::move(attachment), now_);
        touched_ = true;
    } else {
        const ConnectionRef from = attachment.connection;
        mail_to(realm, from, ToRealm::What::attach).attachment = std::make_unique<Attachment>(std::move(attachment));
    }
}

void Worker::bytes(const RealmAddress& realm, ConnectionRef from, std::string_view message) {
    if (realm.worker == this) {
        realm.host->on_bytes(from, message, now_);
        touched_ = true;
    } else {
        mail_to(realm, from, ToRealm::What::bytes).bytes = SharedBytes(message);
    }
}

void Worker::violation(const RealmAddress& realm, ConnectionRef from, CloseReason why, std::string_view what) {
    if (realm.worker == this) {
        realm.host->on_violation(from, why, what, now_);
        touched_ = true;
        return;
    }
    ToRealm& mail = mail_to(realm, from, ToRealm::What::violation);
    mail.why = why;
    mail.bytes = SharedBytes(what);
}

void Worker::lost(const RealmAddress& realm, ConnectionRef from, CloseReason why) {
    if (realm.worker == this) {
        realm.host->on_lost(from, why, now_);
        touched_ = true;
        return;
    }
    mail_to(realm, from, ToRealm::What::lost).why = why;
}

void Worker::sent(const RealmAddress& realm, ConnectionRef from) {
    if (realm.worker != this) {
        mail_to(realm, from, ToRealm::What::sent);
        return;
    }
    realm.host->on_sent(from, now_);
    touched_ = true;
}

// ---- realm to connection ----

Worker::ToConnection& Worker::mail_to(ConnectionRef to, ToConnection::What what) {
    if (outgoing_.empty()) outgoing_.resize(site_.workers.size());
    auto& mail = outgoing_[to.worker].to_connections;
    mail.push_back({to, what, CloseReason::goodbye, FrameKind::required, {}});
    return mail.back();
}

void Worker::deliver(ConnectionRef to, const Frame& frame, FrameKind kind) {
    if (to.worker == index_) {
        if (Transport* transport = find(to)) transport->send(frame, kind);
        return;
    }
    ToConnection& mail = mail_to(to, ToConnection::What::deliver);
    mail.frame = frame;
    mail.kind = kind;
}

void Worker::tell_when_sent(ConnectionRef to) {
    if (to.worker != index_) {
        mail_to(to, ToConnection::What::tell_when_sent);
    } else if (Transport* transport = find(to)) {
        transport->tell_when_sent();
    }
}

void Worker::welcomed(ConnectionRef to) {
    if (to.worker != index_) {
        mail_to(to, ToConnection::What::welcomed);
    } else if (Transport* transport = find(to)) {
        transport->welcomed();
    }
}

void Worker::detached(ConnectionRef to, CloseReason why) {
    if (to.worker != index_) {
        mail_to(to, ToConnection::What::detached).why = why;
    } else if (Transport* transport = find(to)) {
        transport->detached();
    }
}

void Worker::close(ConnectionRef to, CloseReason why) {
    if (to.worker != index_) {
        mail_to(to, ToConnection::What::close).why = why;
    } else if (Transport* transport = find(to)) {
        transport->close(why);
    }
}

void Worker::open_mailbag(Mailbag& bag) {
    begin_turn();
    const auto to_realm = [this](ToRealm& mail) {
        switch (mail.what) {
            case ToRealm::What::attach:
                mail.host->attach(std::move(*mail.attachment), now_);
                break;
            case ToRealm::What::bytes:
                mail.host->on_bytes(mail.from, mail.bytes.view(), now_);
                break;
            case ToRealm::What::sent:
                mail.host->on_sent(mail.from, now_);
                break;
            case ToRealm::What::violation:
                mail.host->on_violation(mail.from, mail.why, mail.bytes.view(), now_);
                break;
            case ToRealm::What::lost:
                mail.host->on_lost(mail.from, mail.why, now_);
                break;
        }
    };
    const auto to_connection = [this](const ToConnection& mail) {
        switch (mail.what) {
            case ToConnection::What::deliver:
                deliver(mail.to, mail.frame, mail.kind);
                break;
            case ToConnection::What::tell_when_sent:
                tell_when_sent(mail.to);
                break;
            case ToConnection::What::welcomed:
                welcomed(mail.to);
                break;
            case ToConnection::What::detached:
                detached(mail.to, mail.why);
                break;
            case ToConnection::What::close:
                close(mail.to, mail.why);
                break;
        }
    };
    for (ToRealm& mail : bag.to_realms) guard(mail.from, "mail to a realm", [&] { to_realm(mail); });
    for (const ToConnection& mail : bag.to_connections) guard(mail.to, "mail to a connection", [&] { to_connection(mail); });
    touched_ = true;
}

}  // namespace heddle
