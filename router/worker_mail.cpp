// What goes between connections and realms: a direct call where they share the thread, otherwise gathered and handed
// over in one post at the end of the turn.
#include <boost/asio/post.hpp>
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
        sender_ = from;
        realm.host->on_bytes(from, message, now_);
        sender_ = {};
        touched_ = true;
    } else {
        mail_to(realm, from, ToRealm::What::bytes).bytes = SharedBytes(message);
        if (Transport* transport = find(from)) put_into_mail(*transport, message.size());
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
    mail.push_back({to, what, CloseReason::goodbye, FrameKind::required, {}, sender_});
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
    outgoing_[to.worker].weight += frame.size() + Outbox::frame_overhead;
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

void Worker::turned_away(ConnectionRef to) {
    if (to.worker != index_) {
        mail_to(to, ToConnection::What::turned_away);
    } else if (Transport* transport = find(to)) {
        transport->turned_away();
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

void Worker::crowded(ConnectionRef to, bool on) {
    if (to.worker != index_) {
        if (!on) {
            mail_to(to, ToConnection::What::uncrowded);
        } else if (!(last_crowded_ == std::pair(to, sender_))) {
            // The sender stops at once; the connection's worker takes this hold back when it has decided about its own.
            last_crowded_ = {to, sender_};
            hold(sender_);
            mail_to(to, ToConnection::What::crowded);
        }
    } else if (Transport* transport = find(to)) {
        transport->crowded(on);
    }
}

// ---- what came from another worker ----

void Worker::to_realm(ToRealm& mail) {
    if (mail.what == ToRealm::What::bytes) sender_ = mail.from;
    switch (mail.what) {
        case ToRealm::What::attach:
            mail.host->attach(std::move(*mail.attachment), now_);
            break;
        case ToRealm::What::bytes:
            turn_input_ += mail.bytes.size();
            mail.host->on_bytes(mail.from, mail.bytes.view(), now_);
            note_handled(mail.from, mail.bytes.size());
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
    sender_ = {};
}

void Worker::to_connection(const ToConnection& mail) {
    Transport* transport = find(mail.to);
    if (!transport) {
        if (mail.what == ToConnection::What::crowded) release(mail.sender);
        if (mail.what == ToConnection::What::hold || mail.what == ToConnection::What::release) flow(mail.to, mail.what);
        return;
    }
    sender_ = mail.sender;
    switch (mail.what) {
        case ToConnection::What::deliver:
            transport->send(mail.frame, mail.kind);
            break;
        case ToConnection::What::tell_when_sent:
            transport->tell_when_sent();
            break;
        case ToConnection::What::welcomed:
            transport->welcomed();
            break;
        case ToConnection::What::turned_away:
            transport->turned_away();
            break;
        case ToConnection::What::detached:
            transport->detached();
            break;
        case ToConnection::What::close:
            transport->close(mail.why);
            break;
        case ToConnection::What::crowded:
            transport->crowded(true);
            release(mail.sender);
            break;
        case ToConnection::What::uncrowded:
            transport->crowded(false);
            break;
        case ToConnection::What::hold:
            transport->hold();
            break;
        case ToConnection::What::release:
            transport->release();
            break;
        case ToConnection::What::handled:
            take_from_mail(*transport, mail.bytes);
            break;
    }
    sender_ = {};
}

void Worker::open_mailbag(Mailbag& bag) {
    begin_turn();
    for (ToRealm& mail : bag.to_realms) guard(mail.from, "mail to a realm", [&] { to_realm(mail); });
    for (const ToConnection& mail : bag.to_connections) guard(mail.to, "mail to a connection", [&] { to_connection(mail); });
    unweigh(bag.weight);
    touched_ = true;
}

}  // namespace heddle
