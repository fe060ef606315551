import { describe, expect, it } from 'vitest';
import { firstAnswer, openWire, post } from './call.ts';
import { useReceiver } from './open-receiver.ts';

const bench = useReceiver({ limits: { headersMs: 400, requestMs: 1_000, checkMs: 50, stalledMs: 300 } });

describe('a sender that is too slow', () => {
  it('with its head is answered 408 and closed', async () => {
    const wire = await openWire(bench().port);
    wire.send('POST /hooks/x HTTP/1.1\r\nHost:');
    expect(firstAnswer(await wire.closed())).toMatchObject({
      status: 408,
      json: { error: 'request_timeout', success: false },
    });
  });

  it('with anything at all is answered 408 and closed', async () => {
    const wire = await openWire(bench().port);
    expect(firstAnswer(await wire.closed()).status).toBe(408);
  });

  it('with its body is answered 408, recorded, and starts nothing', async () => {
    const { path, id } = await bench().endpoint();
    const wire = await openWire(bench().port);
    wire.send(
      `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":`,
    );
    expect(firstAnswer(await wire.closed())).toMatchObject({
      status: 408,
      json: { error: 'request_timeout' },
    });
    expect(await bench().lastRequest(id)).toMatchObject({
      verdict: 'rejected',
      reason: 'request_timeout',
      status: 408,
      runs: [],
    });
  });

  it('who never sends the body it was asked for is answered 408', async () => {
    const { path } = await bench().endpoint();
    const wire = await openWire(bench().port);
    wire.send(`POST ${path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n`);
    const received = await wire.closed();
    expect(received).toContain('100 Continue');
    expect(received).toContain('HTTP/1.1 408');
  });

  it('at a path nobody has costs no more than anywhere', async () => {
    const wire = await openWire(bench().port);
    wire.send('POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"a":');
    expect(firstAnswer(await wire.closed()).status).toBe(404);
  });

  it('at a deactivated endpoint still learns no more than 404', async () => {
    const { path, workflowId } = await bench().endpoint();
    await bench().store.write('setActive', { id: workflowId, version: null, enabled: false, at: Date.now() });
    const wire = await openWire(bench().port);
    wire.send(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"a":`);
    expect(firstAnswer(await wire.closed()).status).toBe(404);
  });

  it('does not keep others waiting', async () => {
    const { path } = await bench().endpoint();
    const slow = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const wire = await openWire(bench().port);
        wire.send(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{`);
        return wire;
      }),
    );
    const replies = await Promise.all(Array.from({ length: 20 }, () => post(bench().origin, path, { a: 1 })));
    expect(replies.every(({ status }) => status === 200)).toBe(true);
    for (const wire of slow) expect(firstAnswer(await wire.closed()).status).toBe(408);
  });
});

describe('a caller that does not read', () => {
  it('is closed, and what it left unread is dropped', async () => {
    const length = 1_000_000;
    const { path } = await bench().endpoint({ response: { mode: 'custom', body: 'x'.repeat(length) } });
    expect((await post(bench().origin, path, {})).text).toHaveLength(length);
    const wire = await openWire(bench().port);
    wire.socket.pause();
    const one = `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`;
    wire.send(one.repeat(20));
    await expect.poll(() => bench().receiver.state().connections, { timeout: 5_000 }).toBe(0);
    wire.socket.resume();
    expect((await wire.closed()).length).toBeLessThan(20 * length);
  });
});

describe('a sender that hangs up', () => {
  it('in the middle of its body leaves a record and starts nothing', async () => {
    const { path, id } = await bench().endpoint();
    const wire = await openWire(bench().port);
    wire.send(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"a":`);
    wire.socket.destroy();
    await wire.closed();
    await expect.poll(async () => (await bench().requestsOf(id)).length).toBe(1);
    expect(await bench().lastRequest(id)).toMatchObject({ verdict: 'rejected', runs: [] });
  });

  it('after its body has its run all the same', async () => {
    const { path, id } = await bench().endpoint({ response: { mode: 'lastNode' } });
    const wire = await openWire(bench().port);
    wire.send(
      `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}`,
    );
    await expect.poll(async () => (await bench().requestsOf(id)).length).toBe(1);
    wire.socket.destroy();
    const [run] = (await bench().lastRequest(id)).runs;
    expect((await bench().untilRun(run?.id ?? '')).status).toBe('succeeded');
  });
});
