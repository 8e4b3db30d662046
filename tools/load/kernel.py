"""What the kernel says: memory of a process, its descriptors, and what it holds for the TCP sockets of a port."""

import os
import socket
import struct

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
REQUEST_DUMP = 0x301
NLMSG_ERROR, NLMSG_DONE = 2, 3
INET_DIAG_SKMEMINFO = 7
ESTABLISHED, LISTEN = 1, 10
ALL_STATES = 0xFFFFFFFF


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class SocketMemory:
    """Bytes in the kernel for the connections of one port: `router` at its own end, `clients` at the other; and how
    many connections the router's end has, `orphans` of them closed by the router but not gone."""

    def __init__(self, port):
        self.router = self.clients = self.connections = self.orphans = self.orphan_bytes = 0
        for state, own, other, owner, held in _tcp_sockets():
            if state == LISTEN or port not in (own, other):
                continue
            if own != port:
                self.clients += held
                continue
            self.router += held
            self.connections += 1
            if owner == 0:
                self.orphans += 1
                self.orphan_bytes += held


def _tcp_sockets():
    """Of each IPv4 TCP socket here: (state, port, port at the other end, inode or 0, bytes held)."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as link:
        wanted = 1 << (INET_DIAG_SKMEMINFO - 1)
        body = struct.pack("=BBBxI", socket.AF_INET, socket.IPPROTO_TCP, wanted, ALL_STATES) + bytes(48)
        link.sendall(struct.pack("=IHHII", 16 + len(body), SOCK_DIAG_BY_FAMILY, REQUEST_DUMP, 1, 0) + body)
        while True:
            data = link.recv(1 << 18)
            at = 0
            while at < len(data):
                length, kind = struct.unpack_from("=IH", data, at)
                if kind == NLMSG_DONE:
                    return
                if kind == NLMSG_ERROR:
                    raise OSError("the kernel does not list its sockets (sock_diag)")
                yield _socket_of(data[at + 16 : at + length])
                at += (length + 3) & ~3


def _socket_of(message):
    state, own, other = message[1], *struct.unpack_from(">HH", message, 4)
    inode = struct.unpack_from("=I", message, 68)[0]
    at, held = 72, 0
    while at + 4 <= len(message):
        length, kind = struct.unpack_from("=HH", message, at)
        if kind == INET_DIAG_SKMEMINFO:
            received, _, _, _, forward, queued = struct.unpack_from("=6I", message, at + 4)
            held = received + forward + queued
        at += (max(length, 4) + 3) & ~3
    return state, own, other, inode, held
