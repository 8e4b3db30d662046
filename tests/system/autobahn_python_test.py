"""Debian's python3-autobahn against the router, over each transport and serializer that it has."""

import asyncio
import unittest

import txaio
from autobahn.asyncio.component import Component
from autobahn.asyncio.rawsocket import WampRawSocketClientProtocol
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.types import CallOptions, CallResult, PublishOptions, RegisterOptions, SubscribeOptions

from router import PATIENCE_S, Router

txaio.use_asyncio()
# Debian's version (22.7.1) asks its asyncio RawSocket for what it calls _transport_details there; without it no session joins.
WampRawSocketClientProtocol.transport_details = property(lambda self: self._transport_details)
ACKNOWLEDGED = PublishOptions(acknowledge=True)
router = None


def setUpModule():
    global router
    router = Router()


def tearDownModule():
    router.stop()


def websocket(serializer):
    return lambda: {"type": "websocket", "url": f"ws://127.0.0.1:{router.port}/ws", "serializers": [serializer], "max_retries": 0}


def rawsocket(serializer, unix=False):
    def transport():
        endpoint = {"type": "unix", "path": router.socket} if unix else {"type": "tcp", "host": "127.0.0.1", "port": router.port}
        return {"type": "rawsocket", "url": "rs://localhost", "serializer": serializer, "endpoint": endpoint, "max_retries": 0}
    return transport


def soon(awaitable):
    return asyncio.wait_for(awaitable, PATIENCE_S)


class Behaviour:
    """What every transport must show; the classes below mix it with unittest."""

    transport = None

    async def asyncSetUp(self):
        txaio.config.loop = asyncio.get_running_loop()
        self.parts = []
        self.ann = await self.join()
        self.ben = await self.join()

    async def asyncTearDown(self):
        for session, done in reversed(self.parts):
            if session.is_attached():
                session.leave()
            await soon(asyncio.wait([done]))

    async def join(self, realm="realm1"):
        component = Component(transports=[type(self).transport()], realm=realm)
        joined = asyncio.get_running_loop().create_future()

        @component.on_join
        def on_join(session, details):
            session.details = details
            joined.set_result(session)

        done = asyncio.ensure_future(component.start(loop=asyncio.get_running_loop()))
        await soon(asyncio.wait([joined, done], return_when=asyncio.FIRST_COMPLETED))
        if not joined.done():
            await done
            self.fail("ended before it joined")
        self.parts.append((joined.result(), done))
        return joined.result()

    async def subscribe(self, session, topic, **options):
        events = asyncio.Queue()

        def on_event(*args, details, **kwargs):
            events.put_nowait((list(args), kwargs, details))

        subscription = await soon(session.subscribe(on_event, topic, SubscribeOptions(details_arg="details", **options)))
        return events, subscription

    async def test_joins_and_is_told_who_it_is(self):
        self.assertEqual(self.ann.details.realm, "realm1")
        self.assertEqual(self.ann.details.authrole, "anonymous")
        self.assertNotEqual(self.ann.details.session, self.ben.details.session)

    async def test_calls_with_all_kinds_of_values(self):
        await soon(self.ben.register(lambda *args, **kwargs: CallResult(*args, **kwargs), "py.echo"))
        numbers = [1, -7, 2.5, 2**53 + 1, 2**63 - 1, -(2**63)]
        args = [*numbers, "žluťoučký 🐎\0end", True, None, b"\x00\xff bytes", [[], {}], {"deep": [1, {"er": 2}]}]
        result = await soon(self.ann.call("py.echo", *args, unit="C", n=5))
        self.assertEqual(list(result.results), args)
        self.assertEqual(dict(result.kwresults), {"unit": "C", "n": 5})

    async def test_gets_a_callees_error(self):
        def refuse():
            raise ApplicationError("com.example.no", "because", 7, more=True)

        registration = await soon(self.ben.register(refuse, "py.refuse"))
        with self.assertRaises(ApplicationError) as caught:
            await soon(self.ann.call("py.refuse"))
        self.assertEqual((caught.exception.error, caught.exception.args), ("com.example.no", ("because", 7)))
        self.assertEqual(caught.exception.kwargs.get("more"), True)
        await soon(registration.unregister())
        with self.assertRaises(ApplicationError) as caught:
            await soon(self.ann.call("py.refuse"))
        self.assertEqual(caught.exception.error, "wamp.error.no_such_procedure")

    async def test_receives_events_in_order_and_nothing_after_unsubscribing(self):
        events, subscription = await self.subscribe(self.ann, "py.news")
        fence, _ = await self.subscribe(self.ann, "py.fence")
        for n in range(50):
            self.ben.publish("py.news", n, text=f"number {n}")
        for n in range(50):
            args, kwargs, _ = await soon(events.get())
            self.assertEqual((args, kwargs), ([n], {"text": f"number {n}"}))
        await soon(subscription.unsubscribe())
        await soon(self.ben.publish("py.news", "too late", options=ACKNOWLEDGED))
        await soon(self.ben.publish("py.fence", options=ACKNOWLEDGED))
        await soon(fence.get())
        self.assertTrue(events.empty())

    async def test_does_not_receive_its_own_events_unless_it_asks_to(self):
        events, _ = await self.subscribe(self.ann, "py.self")
        await soon(self.ann.publish("py.self", "silent", options=ACKNOWLEDGED))
        await soon(self.ann.publish("py.self", "received", options=PublishOptions(acknowledge=True, exclude_me=False)))
        self.assertEqual((await soon(events.get()))[0], ["received"])

    async def test_is_left_out_or_chosen_by_session(self):
        first, _ = await self.subscribe(self.ann, "py.chosen")
        second, _ = await self.subscribe(self.ben, "py.chosen")
        publisher = await self.join()
        me = self.ann.details.session
        publisher.publish("py.chosen", "not for ann", options=PublishOptions(exclude=[me]))
        publisher.publish("py.chosen", "for ann", options=PublishOptions(eligible=[me]))
        publisher.publish("py.chosen", "for all")
        self.assertEqual([(await soon(first.get()))[0][0] for _ in range(2)], ["for ann", "for all"])
        self.assertEqual([(await soon(second.get()))[0][0] for _ in range(2)], ["not for ann", "for all"])

    async def test_receives_patterns_with_the_topic_named(self):
        prefix, _ = await self.subscribe(self.ann, "py.car.", match="prefix")
        wildcard, _ = await self.subscribe(self.ann, "py..speed", match="wildcard")
        publication = await soon(self.ben.publish("py.car.speed", 88, options=ACKNOWLEDGED))
        for events in (prefix, wildcard):
            args, _, details = await soon(events.get())
            self.assertEqual((args, details.topic, details.publication), ([88], "py.car.speed", publication.id))

    async def test_shares_a_registration_in_turn(self):
        shared = RegisterOptions(invoke="roundrobin")
        await soon(self.ann.register(lambda: "ann", "py.shared", shared))
        await soon(self.ben.register(lambda: "ben", "py.shared", shared))
        answers = [await soon(self.ben.call("py.shared")) for _ in range(4)]
        self.assertEqual(answers, ["ann", "ben", "ann", "ben"])

    async def test_calls_a_pattern_with_the_procedure_named(self):
        options = RegisterOptions(match="prefix", details_arg="details")
        await soon(self.ben.register(lambda details: details.procedure, "py.prefixed.", options))
        self.assertEqual(await soon(self.ann.call("py.prefixed.one")), "py.prefixed.one")

    async def test_gets_the_retained_event(self):
        topic = f"py.retained.s{self.ann.details.session}"
        await soon(self.ben.publish(topic, "old", options=PublishOptions(acknowledge=True, retain=True)))
        await soon(self.ben.publish(topic, b"\x01new", options=PublishOptions(acknowledge=True, retain=True)))
        events, _ = await self.subscribe(self.ann, topic, get_retained=True)
        args, _, details = await soon(events.get())
        self.assertEqual((args, details.retained), ([b"\x01new"], True))

    async def test_gets_no_retained_event_without_permission(self):
        await soon(self.ben.publish("guarded.topic", "secret", options=PublishOptions(acknowledge=True, retain=True)))
        for topic, match in (("guarded.topic", "exact"), ("guarded.", "prefix"), ("", "prefix"), (".topic", "wildcard")):
            with self.assertRaises(ApplicationError) as refused:
                await self.subscribe(self.ann, topic, get_retained=True, match=match)
            self.assertEqual(refused.exception.error, "wamp.error.not_authorized", topic)

    async def test_reads_the_history_from_before_it_came(self):
        topic = f"kept.s{self.ann.details.session}"
        for n in range(3):
            await soon(self.ann.publish(topic, n, b"\x01\x02", of="history", options=ACKNOWLEDGED))
        reader = await self.join()
        subscription = await soon(reader.call("wamp.subscription.lookup", "kept.", {"match": "prefix"}))
        events = await soon(reader.call("wamp.subscription.get_events", subscription, topic=topic))
        self.assertEqual([event["args"] for event in events], [[n, b"\x01\x02"] for n in range(3)])
        self.assertEqual(events[0]["kwargs"], {"of": "history"})
        self.assertEqual(events[0]["details"]["topic"], topic)
        newest = await soon(reader.call("wamp.subscription.get_events", subscription, topic=topic, limit=1, reverse=True))
        self.assertEqual(newest, events[2:])
        after = events[2]["publication"]
        later = await soon(reader.call("wamp.subscription.get_events", subscription, after_publication=after, topic=topic))
        self.assertEqual(later, [])

    async def test_reads_no_history_without_permission(self):
        subscription = await soon(self.ann.call("wamp.subscription.lookup", "guarded.kept"))
        with self.assertRaises(ApplicationError) as refused:
            await soon(self.ann.call("wamp.subscription.get_events", subscription))
        self.assertEqual(refused.exception.error, "wamp.error.not_authorized")

    async def register_endless(self):
        begun, stopped = asyncio.Queue(), asyncio.Queue()

        async def endless(details):
            begun.put_nowait(details)
            try:
                for n in range(3):
                    if details.progress:
                        details.progress(n)
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                stopped.put_nowait(True)
                raise ApplicationError("py.error.stopped")

        await soon(self.ben.register(endless, "py.endless", RegisterOptions(details_arg="details")))
        return begun, stopped

    async def test_gives_and_takes_progressive_results(self):
        def count(upto, details):
            for n in range(upto):
                if details.progress:
                    details.progress(n, unit="s")
            return "done"

        await soon(self.ben.register(count, "py.count", RegisterOptions(details_arg="details")))
        pieces = []
        options = CallOptions(on_progress=lambda *args, **kwargs: pieces.append((args, kwargs)))
        self.assertEqual(await soon(self.ann.call("py.count", 3, options=options)), "done")
        self.assertEqual(pieces, [((n,), {"unit": "s"}) for n in range(3)])
        self.assertEqual(await soon(self.ann.call("py.count", 3)), "done")
        self.assertEqual(len(pieces), 3)

    async def test_cancels_a_call_and_its_callee_is_interrupted(self):
        begun, stopped = await self.register_endless()
        call = self.ann.call("py.endless")
        await soon(begun.get())
        call.cancel()
        self.assertTrue(await soon(stopped.get()))

    async def test_has_a_call_timed_out_in_milliseconds(self):
        _, stopped = await self.register_endless()
        pieces = []
        with self.assertRaises(ApplicationError) as caught:
            await soon(self.ann.call("py.endless", options=CallOptions(on_progress=pieces.append, timeout=200)))
        self.assertEqual(caught.exception.error, "wamp.error.timeout")
        self.assertEqual(pieces, [0, 1, 2])
        self.assertTrue(await soon(stopped.get()))

    async def test_is_told_by_the_meta_api_who_and_what_is_there(self):
        async def ask(procedure, *args):
            return await soon(self.ann.call(procedure, *args))

        registration = await soon(self.ben.register(lambda: 1, "py.looked.", RegisterOptions(match="prefix")))
        _, subscription = await self.subscribe(self.ben, "py.looked.at")
        them = {self.ann.details.session, self.ben.details.session}
        self.assertTrue(them <= set(await ask("wamp.session.list")))
        self.assertEqual((await ask("wamp.session.get", self.ben.details.session))["authrole"], "anonymous")
        self.assertEqual(await ask("wamp.registration.match", "py.looked.up"), registration.id)
        self.assertIsNone(await ask("wamp.registration.lookup", "py.looked.up"))
        self.assertEqual((await ask("wamp.registration.get", registration.id))["match"], "prefix")
        self.assertEqual(await ask("wamp.registration.list_callees", registration.id), [self.ben.details.session])
        self.assertIn(subscription.id, await ask("wamp.subscription.match", "py.looked.at"))
        self.assertEqual(await ask("wamp.subscription.count_subscribers", subscription.id), 1)
        with self.assertRaises(ApplicationError) as caught:
            await ask("wamp.session.get", 1)
        self.assertEqual(caught.exception.error, "wamp.error.no_such_session")

    async def test_is_refused_by_a_realm_that_does_not_exist(self):
        with self.assertRaises(Exception):
            await self.join("nowhere")

    async def test_carries_a_large_message(self):
        await soon(self.ben.register(lambda text: text, "py.large"))
        text = "0123456789" * 50_000
        self.assertEqual(await soon(self.ann.call("py.large", text)), text)


TRANSPORTS = {
    "WebSocketJson": websocket("json"), "WebSocketMsgpack": websocket("msgpack"), "WebSocketCbor": websocket("cbor"),
    "RawSocketJson": rawsocket("json"), "RawSocketMsgpack": rawsocket("msgpack"), "RawSocketCbor": rawsocket("cbor"),
    "UnixSocketMsgpack": rawsocket("msgpack", unix=True), "UnixSocketCbor": rawsocket("cbor", unix=True),
}
for name, transport in TRANSPORTS.items():
    globals()[name] = type(name, (Behaviour, unittest.IsolatedAsyncioTestCase), {"transport": staticmethod(transport)})
del name, transport
