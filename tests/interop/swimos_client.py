"""Follows lanes of a WARP server with the PyPI package swimos: what it receives goes out as JSON lines, what it is to do
comes in as such.    swimos_client.py ws://127.0.0.1:8080/realm1
"""
import json
import sys

from swimos import SwimClient

NODE = '/interop'


def say(*what):
    print(json.dumps(what, default=str), flush=True)


def main(host):
    with SwimClient(debug=True) as client:
        def at(view, lane):
            return view.set_host_uri(host).set_node_uri(NODE).set_lane_uri(lane)

        value = at(client.downlink_value(), 'value').did_set(lambda new, old: say('value', new))
        value.did_sync(lambda: say('value synced')).open()
        entries = at(client.downlink_map(), 'topics')
        entries.did_update(lambda key, new, old: say('update', key, new))
        entries.did_remove(lambda key, old: say('remove', key))
        entries.did_sync(lambda: say('map synced')).open()
        at(client.downlink_event(), 'feed').on_event(lambda event: say('event', event)).open()
        for line in sys.stdin:
            what, *rest = json.loads(line)
            if what == 'set':
                value.set(*rest)
            elif what == 'put':
                entries.put(*rest)
            elif what == 'remove':
                entries.remove(*rest)
            elif what == 'command':
                client.command(host, NODE, *rest)


main(sys.argv[1])
