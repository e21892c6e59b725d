// Makes captures for tests that no file in the repository should be as large
// as: a pcap of one conversation with any number of messages.
import { closeSync, openSync, writeSync } from "node:fs";

const client = { address: [10, 0, 0, 2], port: 40000 };
const server = { address: [10, 0, 0, 1], port: 7500 };

/** Command numbers, body lengths and result lengths as in docs/protocol.md, section 1. */
const OPEN_FILE = 0x05, STAT_FILE = 0x0b, CLOSE_FILE = 0x0d, PING = 0x14;

/** A request: header, command info and body. */
export function request(command, body) {
  const b = Buffer.alloc(0x34 + body.length);
  b.writeUInt32BE(b.length - 0x20, 0);
  b.writeUInt32BE(0x02000600, 0x0c);
  b.writeUInt32BE(command, 0x30);
  body.copy(b, 0x34);
  return b;
}

/** A response with a result code and what follows it. */
export function response(code, ...more) {
  const b = Buffer.alloc(0x24 + 4 * more.length);
  b.writeUInt32BE(b.length - 0x20, 0);
  b.writeUInt32BE(0x02000600, 0x0c);
  b.writeUInt32BE(1700000000, 0x10);
  b.writeUInt32BE(code, 0x20);
  more.forEach((n, i) => b.writeUInt32BE(n >>> 0, 0x24 + 4 * i));
  return b;
}

/** What a conversation begins with: a Ping and its answer. */
export function hello() {
  const ping = request(PING, Buffer.alloc(0));
  ping.writeUInt32BE(6, 8);
  ping.writeUInt32BE(0x30040, 0x20);
  return [[true, ping], [false, response(0, 0xcafe0003)]];
}

/** A path field: 0x200 bytes, ended by a NUL. */
export function path(text) {
  const b = Buffer.alloc(0x200);
  b.write(text, "utf8");
  return b;
}

const int = (n) => {
  const b = Buffer.alloc(4);
  b.writeInt32BE(n);
  return b;
};

export function openFile(name, mode = "r") {
  const m = Buffer.alloc(0x10);
  m.write(mode);
  return request(OPEN_FILE, Buffer.concat([m, path(name)]));
}

/** The messages of one file that is opened, looked at some times and closed. */
function visit(i, stats) {
  const found = i % 50 !== 49;
  const out = [[true, openFile(`/%MLC_EMU_DIR/sys/title/00050030/${(0x10010000 + i).toString(16)}/code/app.xml`)]];
  if (!found) return [...out, [false, response(0xfff0ffe9, -1)]];
  out.push([false, response(0, 13)]);
  for (let n = 0; n < stats; n++) {
    out.push([true, request(STAT_FILE, int(13))]);
    out.push([false, response(0, 0x2c000000, 0x666, 1, 1, i, 0, 0xe8, 0xda6ff000, 0, 0, 0, 0, 0, ...Array(8).fill(0))]);
  }
  return [...out, [true, request(CLOSE_FILE, int(13))], [false, response(0)]];
}

/**
 * Writes a pcap with messages that are given one after the other: [fromClient, bytes].
 * @param {object} [options]
 * @param {number} [options.micros] from packet to packet
 * @param {number} [options.start] when the first one was, in microseconds after those of other captures
 * @param {number} [options.port] the server's
 * @param {number} [options.from] the client's
 */
export function writePcap(file, messages, { micros = 137, port = server.port, from = client.port, start = 0 } = {}) {
  const fd = openSync(file, "w");
  let out = Buffer.alloc(1 << 20), used = 0;
  const put = (size) => {
    if (used + size > out.length) {
      writeSync(fd, out, 0, used);
      used = 0;
      if (size > out.length) out = Buffer.alloc(size);
    }
    const at = used;
    used += size;
    out.fill(0, at, used);
    return at;
  };
  let at = put(24);
  out.writeUInt32LE(0xa1b2c3d4, at);
  out.writeUInt16LE(2, at + 4);
  out.writeUInt16LE(4, at + 6);
  out.writeUInt32LE(262144, at + 16);
  out.writeUInt32LE(101, at + 20); // raw IP
  const next = [1000, 2000]; // sequence numbers: server, client
  let packets = 0;
  const packet = (fromClient, flags, bytes) => {
    const size = 40 + bytes.length, time = start + packets++ * micros;
    at = put(16 + size);
    out.writeUInt32LE(1700000000 + Math.floor(time / 1e6), at);
    out.writeUInt32LE(time % 1e6, at + 4);
    out.writeUInt32LE(size, at + 8);
    out.writeUInt32LE(size, at + 12);
    at += 16;
    const [source, target] = fromClient ? [{ ...client, port: from }, { ...server, port }] : [{ ...server, port }, { ...client, port: from }];
    out[at] = 0x45;
    out.writeUInt16BE(size, at + 2);
    out[at + 8] = 64;
    out[at + 9] = 6;
    source.address.forEach((v, i) => (out[at + 12 + i] = v));
    target.address.forEach((v, i) => (out[at + 16 + i] = v));
    out.writeUInt16BE(source.port, at + 20);
    out.writeUInt16BE(target.port, at + 22);
    const me = fromClient ? 1 : 0;
    out.writeUInt32BE(next[me] >>> 0, at + 24);
    out.writeUInt32BE(flags === 2 ? 0 : next[1 - me] >>> 0, at + 28);
    out[at + 32] = 0x50;
    out[at + 33] = flags;
    bytes.copy(out, at + 40);
    next[me] += bytes.length + (flags & 2 ? 1 : 0);
  };
  const none = Buffer.alloc(0);
  packet(true, 0x02, none);
  packet(false, 0x12, none);
  for (const [fromClient, bytes] of messages) packet(fromClient, 0x18, bytes);
  writeSync(fd, out, 0, used);
  closeSync(fd);
}

/** Writes a capture with exactly `count` messages. */
export function writeLarge(file, count) {
  function* messages() {
    yield* hello();
    for (let i = 0, n = 2; n < count; i++) {
      for (const m of visit(i, 5)) {
        if (n++ === count) return;
        yield m;
      }
    }
  }
  writePcap(file, messages());
}
