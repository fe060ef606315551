/**
 * `node test/chaos/slow-sockets.ts [--sockets N] [--seconds N] [--rate N]`, or `npm run chaos -- --slow …`: holds 2,000 sockets
 * that send a byte a second while a good caller sends 200 requests a second for ten minutes, and then waits a second less
 * than an idle connection is kept before it uses one again. Exits 1 when a good call failed or its p99 is over 100 ms.
 */
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { startHost } from '../support/host.ts';
import { SIGNING_SECRET, makeSignedWorkflow } from '../support/signed-workflow.ts';
import { makeDelivery } from '../support/delivery.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const { values } = parseArgs({
  options: {
    slow: { type: 'boolean' },
    sockets: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '600' },
    rate: { type: 'string', default: '200' },
  },
});
const [sockets = 0, seconds = 0, rate = 0] = [values.sockets, values.seconds, values.rate].map(Number);

const folder = makeTempDir();
const host = await startHost({
  folder: folder.path,
  program: values.slow === true ? 'built' : 'sources',
  options: ['--no-admin'],
});
const { url } = await makeSignedWorkflow(host.receiver, 'slow', 0);
const { hostname, port, pathname } = new URL(url);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const times: number[] = [];
const faults: string[] = [];
let isOver = false;
let reopened = 0;

/** A socket that drips: the head of a request, or the body of one. Opened again when the host has had enough of it. */
function openSlow(number: number): void {
  const head = `POST ${pathname} HTTP/1.1\r\nHost: h\r\n`;
  const start =
    number % 2 === 0 ? head : `${head}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n`;
  const socket: Socket = connect(Number(port), hostname, () => socket.write(start));
  const drip = setInterval(() => socket.writable && socket.write(number % 2 === 0 ? 'X' : ' '), 1_000);
  socket.on('data', () => undefined);
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearInterval(drip);
    if (isOver) return;
    reopened += 1;
    openSlow(number);
  });
  open.set(number, socket);
}
const open = new Map<number, Socket>();

function call(): Promise<void> {
  const { headers, body } = makeDelivery(SIGNING_SECRET);
  const startedAt = performance.now();
  return new Promise((done) => {
    const outgoing = request(url, {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-length': body.length },
    });
    outgoing.on('response', (incoming) => {
      incoming.resume();
      incoming.on('end', () => {
        times.push(performance.now() - startedAt);
        if (incoming.statusCode !== 200) faults.push(`status ${incoming.statusCode}`);
        done();
      });
    });
    outgoing.on('error', (error) => {
      faults.push(error.message);
      done();
    });
    outgoing.end(body);
  });
}

// Over ten seconds: senders are slow each by itself.
for (let number = 0; number < sockets; number += 1)
  setTimeout(() => openSlow(number), (number / sockets) * 10_000);
await new Promise((done) => setTimeout(done, 10_000));
const startedAt = performance.now();
const pending = new Set<Promise<void>>();
await new Promise<void>((done) => {
  const tick = setInterval(() => {
    const due = Math.min(seconds * 1_000, performance.now() - startedAt) * (rate / 1_000);
    for (let sent = times.length + faults.length + pending.size; sent < due; sent += 1) {
      const one = call().then(() => void pending.delete(one));
      pending.add(one);
    }
    if (performance.now() - startedAt < seconds * 1_000) return;
    clearInterval(tick);
    done();
  }, 10);
});
await Promise.all(pending);
isOver = true;
for (const socket of open.values()) socket.destroy();

times.sort((a, b) => a - b);
const at = (share: number): number => Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10;
console.log(
  `${sockets} slow sockets, ${reopened} of them let go and opened again; ${times.length} good calls in ${seconds} s: ` +
    `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(0.9999)} ms, ${faults.length} failed`,
);
const kept = times.length;
console.log('Now a connection rests for 74 s and is used again.');
await new Promise((done) => setTimeout(done, 74_000));
await call();
console.log(faults.length === 0 ? 'It was there.' : `It was not: ${faults.at(-1) ?? ''}`);
agent.destroy();
await host.stop();
folder.remove();
const isKept = faults.length === 0 && times.length === kept + 1 && at(0.99) <= 100;
process.exitCode = isKept ? 0 : 1;
