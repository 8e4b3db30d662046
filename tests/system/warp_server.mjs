// WARP servers by hand, for uplinks: one with lanes of its own, one that says what a recorded server said.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { WebSocketServer } from 'ws';
import { root } from './router.mjs';
import { Inbox, within } from './wait.mjs';

const shape = /^@(\w+)\(node:("[^"]*"|[^,)]*),lane:("[^"]*"|[^,)]*)\)(.*)$/s;
const bare = (text) => (text.startsWith('"') ? JSON.parse(text) : text);

// { kind, header, node, lane, body } of a frame; the body without the space before it.
export function envelope(text) {
  const [, kind, node, lane, body] = shape.exec(text) ?? assert.fail(`no envelope: ${text}`);
  return { kind, header: `(node:${node},lane:${lane})`, node: bare(node), lane: bare(lane), body: body.trim() };
}

// `frames` has what clients said, in order; `connections` their sockets.
class Server {
  frames = new Inbox('a frame of the uplink');
  arrivals = new Inbox('a connection');
  sockets = new Set();

  // demand: 'warp0' as Swim's Rust server does, 'none' as its Java server names no subprotocol.
  async listen({ port = 0, tls, demand = 'warp0', ...more } = {}) {
    this.server = tls ? https.createServer(tls) : http.createServer();
    const web = new WebSocketServer({
      noServer: true, handleProtocols: (offered) => (demand === 'warp0' && offered.has('warp0') ? 'warp0' : false), ...more,
    });
    this.server.on('upgrade', (request, socket, head) => {
      if (demand === 'warp0' && request.headers['sec-websocket-protocol'] !== 'warp0')
        return socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n');
      web.handleUpgrade(request, socket, head, (client) => this.#welcome(client, request));
    });
    this.server.on('request', (_request, response) => response.writeHead(404).end());
    this.server.on('tlsClientError', () => {});
    await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.port = this.server.address().port;
    return this;
  }

  #welcome(client, request) {
    this.sockets.add(client);
    client.on('close', () => this.sockets.delete(client));
    client.on('error', () => {});
    client.on('message', (data) => {
      this.frames.push(String(data));
      this.onFrame(String(data), client);
    });
    this.arrivals.push({ client, url: request.url, headers: request.headers });
  }

  // Ends all connections and the listening; `listen` may follow.
  async stop() {
    this.sockets.forEach((socket) => socket.terminate());
    this.server.closeAllConnections?.();
    await within(new Promise((resolve) => this.server.close(resolve)), 'the server to end');
  }

  say(text) {
    this.sockets.forEach((socket) => socket.send(text));
  }

  onFrame() {}
}

// Lanes named value, map and feed at any node, with the state the test gives them; commands change it and are told
// to all. `mute` answers nothing.
export class WarpServer extends Server {
  values = new Map();
  maps = new Map();
  mute = false;

  map(node) {
    if (!this.maps.has(node)) this.maps.set(node, new Map());
    return this.maps.get(node);
  }

  onFrame(text, client) {
    if (this.mute || text.startsWith('@auth')) return;
    const { kind, header, node, lane, body } = envelope(text);
    if (kind === 'command') return this.command(header, node, lane, body);
    client.send(`@linked${header}`);
    if (kind !== 'sync') return;
    if (lane === 'value' && this.values.has(node)) client.send(`@event${header} ${this.values.get(node)}`);
    if (lane === 'map') this.map(node).forEach((value, key) => client.send(`@event${header}@update(key:${key}) ${value}`));
    client.send(`@synced${header}`);
  }

  command(header, node, lane, body) {
    if (lane === 'value') this.values.set(node, body);
    if (lane === 'map') {
      const [, what, key, value] = /^@(update|remove)\(key:([^)]*)\)\s*(.*)$/s.exec(body);
      if (what === 'update') this.map(node).set(key, value);
      else this.map(node).delete(key);
    }
    this.say(`@event${header}${body.startsWith('@') ? '' : ' '}${body}`);
  }
}

// What a real server said (tests/data/warp-captures): each frame that the recorded client sent is answered with what
// followed it then. Spaces before bodies do not count.
export class RecordedServer extends Server {
  static async of(capture, connection) {
    const server = new RecordedServer();
    const lines = await readFile(path.join(root, 'tests/data/warp-captures', `${capture}.jsonl`), 'utf8');
    server.script = lines.trim().split('\n').map((line) => JSON.parse(line))
      .filter(({ conn, kind }) => conn === connection && kind === 'text');
    return server;
  }

  onFrame(text, client) {
    const plain = (frame) => frame.replace(/\) /g, ')');
    const at = this.script.findIndex(({ dir, data }) => dir === 'c2s' && plain(data) === plain(text));
    if (at < 0) return;
    const [, ...rest] = this.script.splice(at);
    const next = rest.findIndex(({ dir }) => dir === 'c2s');
    const answers = next < 0 ? rest : rest.slice(0, next);
    this.script.push(...(next < 0 ? [] : rest.slice(next)));
    answers.forEach(({ data }) => client.send(data));
  }
}
