import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReceiverControl } from '../../../src/main/api/receiver-control.ts';
import { createSilentLogger } from '../../../src/main/base/logger.ts';
import type { Receiver } from '../../../src/main/receiver/receiver.ts';
import { AppError } from '../../../src/shared/errors.ts';

/** A receiver that listens where it may, and a store of one setting. */
function stage(stored?: unknown) {
  const taken = new Set<number>();
  const kept: unknown[] = [];
  const receiver: Pick<Receiver, 'listen'> = {
    listen: ({ host, port }) =>
      taken.has(port)
        ? Promise.reject(new AppError({ code: 'port_in_use', message: `Port ${port} is in use.` }))
        : Promise.resolve({ host, port: port === 0 ? 50_001 : port }),
  };
  const store = {
    read: { settings: { get: () => stored } },
    write: (_name: 'setSetting', { value }: { readonly key: string; readonly value: unknown }) => {
      kept.push(value);
      return Promise.resolve();
    },
  };
  const control = (overrides = {}) =>
    createReceiverControl({ store, receiver: () => receiver, logger: createSilentLogger(), overrides });
  return { taken, kept, control };
}

/** What is kept where nobody said otherwise. */
const retention = { days: 30, requestsPerEndpoint: 100_000, databaseBytes: 21_474_836_480 };

describe('where the receiver listens', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is told by the start, else by what is stored, else by the defaults', () => {
    expect(stage().control().settings()).toEqual({
      receiverHost: '127.0.0.1',
      receiverPort: 4665,
      publicUrl: null,
      trustedHops: 0,
      stepsAtOnce: 320,
      retention,
    });
    const stored = {
      receiverHost: '0.0.0.0',
      receiverPort: 5_000,
      publicUrl: 'https://a.test',
      trustedHops: 1,
      stepsAtOnce: 320,
    };
    expect(stage(stored).control({ receiverPort: 6_000 }).settings()).toEqual({
      ...stored,
      retention,
      receiverPort: 6_000,
    });
    expect(stage('nonsense').control().settings().receiverPort).toBe(4665);
  });

  it('says what is in the way and how to mend it, and goes on trying until the port is free', async () => {
    const { taken, control } = stage();
    taken.add(4665);
    const patient = control();
    await expect(control().start()).rejects.toMatchObject({ code: 'port_in_use' });
    await patient.startPatiently();
    expect(patient.fault()).toContain('4665');
    expect(patient.fault()).toContain('another port');
    await vi.advanceTimersByTimeAsync(6_000);
    expect(patient.fault()).not.toBeNull();
    taken.clear();
    await vi.advanceTimersByTimeAsync(6_000);
    expect(patient.fault()).toBeNull();
    expect(patient.listening()).toEqual({ host: '127.0.0.1', port: 4665 });
  });

  it('moves to another port when one is chosen, which ends the trying', async () => {
    const { taken, kept, control } = stage();
    taken.add(4665);
    const patient = control();
    await patient.startPatiently();
    expect(await patient.update({ receiverPort: 4_700 })).toMatchObject({ receiverPort: 4_700 });
    expect(patient.fault()).toBeNull();
    taken.clear();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(patient.listening().port).toBe(4_700);
    expect(kept).toHaveLength(1);
  });

  it('keeps the port that was picked in place of 0', async () => {
    const { kept, control } = stage();
    const one = control({ receiverPort: 0 });
    await one.start();
    expect(one.settings().receiverPort).toBe(50_001);
    await one.update({ trustedHops: 2, receiverPort: 50_001, receiverHost: '127.0.0.1' });
    expect(kept).toEqual([
      {
        receiverHost: '127.0.0.1',
        receiverPort: 50_001,
        publicUrl: null,
        trustedHops: 2,
        stepsAtOnce: 320,
        retention,
      },
    ]);
  });
});
