"""Trials of messages that are longer in the reader's form than in their publisher's."""

from bursts import run
from messages import Nulls, numbered
from peer import wamp, warp
from pump import Client
from router_process import Router, check
from rows import Row, survived, trial

NULLS = Nulls(900_000)  # 900 KB in MessagePack, 4.5 MB in JSON, 5.4 MB in Recon
TOPIC = "trial.null.value"


def published(peer, number, topic=TOPIC, **options):
    """900 KB of null; in MessagePack a publication waits for its acknowledgement."""
    peer.ask([16, number + 1, {"acknowledge": True, **options}, topic, [numbered(number, 40), NULLS]], 17)


class Fenced(Client):
    """A WARP client that asks for something else after what it expects: an answer shows that its connection lives."""

    def __init__(self, peer, expect, header):
        super().__init__(peer, expect)
        self.words = []
        self.queue(peer.framed(f"@sync{header}"))
        self.queue(peer.framed('@link(node:"/fence",lane:up)'))

    @property
    def done(self):
        return self.ended is not None or (self.seen >= self.expect and any("/fence" in word for word in self.words))

    def on_other(self, payload):
        self.words.append(payload[:60].decode(errors="replace"))

    @property
    def fenced(self):
        return any(word.startswith('@linked(node:"/fence"') for word in self.words)

    def extra(self):
        return self.fenced


def null_sync(what, header):
    def function(options):
        with Router(options.threads) as router:
            published(wamp(router.port), 0, retain=True)
            got = [run(Fenced(warp(router.port), 1, header))[0] for _ in range(2)]  # it comes back
        text = "; ".join(f"{one}" + ("" if one.extra else ", its next link was not answered") for one in got)
        trial_what = f"a WARP client syncs {what} whose value is 900 KB of null (5.4 MB of Recon), twice"
        return survived(router, [Row(trial_what, text, "gets it, lives", all(one.all and one.extra for one in got))])

    return function


trial("null-value", "a WARP client syncs a value lane of 900 KB of null")(
    null_sync("a value lane", '(node:"/trial/null",lane:value)'))
trial("null-map", "a WARP client syncs a map lane with an entry of 900 KB of null")(
    null_sync("a map lane with an entry", '(node:"/trial/null",lane:topics)'))


@trial("null-events", "events of 900 KB of null to a JSON subscriber, a MessagePack subscriber and a WARP event link")
def null_events(options):
    count = 4
    with Router(options.threads) as router:
        topic = "trial.event.null"
        event_link = warp(router.port)
        event_link.send('@link(node:"/trial/event",lane:null)').receive()
        readers = {"JSON": wamp(router.port, "json").subscribe(topic),
                   "MessagePack": wamp(router.port).subscribe(topic),
                   "WARP": event_link}
        publisher = wamp(router.port)
        said = b"".join(publisher.framed([16, n + 1, {}, topic, [numbered(n, 40), NULLS]]) for n in range(count))
        clients = [Client(peer, count, name=name) for name, peer in readers.items()]
        got = run(*clients, Client(publisher, 0, said, "the publisher"))
    text = "; ".join(f"{one.name} {one}" for one in got[:3])
    return survived(router, [Row("4 events of 900 KB of null in one burst, to readers in three forms", text, "all",
                                 all(one.all for one in got))])


@trial("check-outbox", "`heddle check` refuses an outbox that is smaller than a message")
def outbox_below_message(options):
    bad_code, bad_words = check('outbox = "64KiB"\nmessage = "1MiB"\n')
    good_code, good_words = check('outbox = "1MiB"\nmessage = "1MiB"\n')
    named = "outbox" in bad_words
    text = f"exit code {bad_code}" + (" and the key is named" if named else "") + f"; with 1 MiB for both {good_code}"
    if good_code:
        text += f" ({good_words[-200:]})"
    return [Row("`heddle check`: outbox 64 KiB, message 1 MiB", text, "refused, naming the key; equal ones are right",
                bad_code != 0 and named and good_code == 0)]


