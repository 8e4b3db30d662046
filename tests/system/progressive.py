"""A peer on Debian's python3-autobahn that gives and takes progressive results, for procedures_test.mjs: URL as argument."""

import asyncio
import sys

import txaio
from autobahn.asyncio.component import Component
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.types import CallOptions, RegisterOptions

txaio.use_asyncio()
transport = {"type": "websocket", "url": sys.argv[1], "serializers": ["cbor"], "max_retries": 0}
component = Component(transports=[transport], realm="realm1")
WITH_DETAILS = RegisterOptions(details_arg="details")


@component.on_join
async def on_join(session, _details):
    async def count(upto, details):
        for n in range(1, upto + 1):
            if details.progress:
                details.progress(n)
        return "done" if details.progress else "unheard"

    async def endless(details):
        details.progress("begun")
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            session.publish("py.stopped", "by INTERRUPT")
            raise ApplicationError("py.error.stopped")  # the bare exception would go unanswered

    async def collect(procedure, *args):
        pieces = []
        result = await session.call(procedure, *args, options=CallOptions(on_progress=pieces.append))
        return [pieces, result]

    await session.register(count, "py.count", WITH_DETAILS)
    await session.register(endless, "py.endless", WITH_DETAILS)
    await session.register(collect, "py.collect")
    print("ready", flush=True)


async def main():
    txaio.config.loop = asyncio.get_running_loop()
    await component.start(loop=asyncio.get_running_loop())


asyncio.run(main())
