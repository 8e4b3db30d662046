"""A peer on Debian's python3-autobahn that leaves testaments and waits, for meta_events_test.mjs: URL and topic as arguments."""

import asyncio
import sys

import txaio
from autobahn.asyncio.component import Component

txaio.use_asyncio()
url, topic = sys.argv[1:]
component = Component(transports=[{"type": "websocket", "url": url, "serializers": ["cbor"], "max_retries": 0}], realm="realm1")


@component.on_join
async def on_join(session, details):
    await session.register(lambda: None, topic + ".procedure")
    await session.call("wamp.session.add_testament", topic, ["flushed"], {})
    await session.call("wamp.session.flush_testaments")
    await session.call("wamp.session.add_testament", topic, ["second"], {"of": details.session})
    await session.call("wamp.session.add_testament", topic, ["first"], {}, scope="detached")
    print("ready", details.session, flush=True)


@component.on_leave
def on_leave(_session, details):
    print("left", details.reason, details.message, flush=True)


async def main():
    txaio.config.loop = asyncio.get_running_loop()
    await component.start(loop=asyncio.get_running_loop())


asyncio.run(main())
