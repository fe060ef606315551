import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openNothing, openSocket } from '../../../src/renderer/link/connection.ts';
import { type Holder, holdConnection, type LinkState } from '../../../src/renderer/link/holder.ts';
import type { Change } from '../../../src/shared/contract/system.ts';
import { type CoreDouble, createCoreDouble, runNumber, until } from './core-double.ts';

describe('the held connection', () => {
  let core: CoreDouble;
  let holder: Holder | undefined;
  let states: LinkState[];
  let changes: Change[];
  let freshCount: number;

  const hold = (open = openSocket(core.url, core.token)): Holder => {
    holder = holdConnection({
      open,
      onState: (state) => states.push(state),
      onChange: (change) => changes.push(change),
      onFresh: () => {
        freshCount += 1;
      },
    });
    return holder;
  };
  const kinds = (): string[] => states.map(({ kind }) => kind);

  beforeEach(async () => {
    core = createCoreDouble();
    states = [];
    changes = [];
    freshCount = 0;
    await core.start();
  });
  afterEach(async () => {
    holder?.close();
    await core.stop();
  });

  it('is open only once it listens to changes, and hands every change on', async () => {
    const held = hold();
    await until(() => kinds().includes('open'), 'open');
    expect(kinds()).toEqual(['connecting', 'open']);
    expect(freshCount).toBe(1);
    core.announce({ runs: ['run_1'] });
    await until(() => changes.length === 1, 'a change');
    expect(changes[0]).toEqual({ seq: 1, topics: { runs: ['run_1'] } });
    core.runs = [runNumber(1)];
    const page = await held.client()?.runs.list({ limit: 10 });
    expect(page?.items.map(({ id }) => id)).toEqual(['run_1']);
  });

  it('comes back by itself after the core was away, listens again and calls what was read old', async () => {
    const held = hold();
    await until(() => freshCount === 1, 'open');
    await core.stop();
    await until(() => kinds().includes('lost'), 'lost');
    expect(held.client()).toBeNull();
    await core.start();
    await until(() => freshCount === 2, 'open again');
    expect(kinds().at(-1)).toBe('open');
    core.announce({ workflows: [] });
    await until(() => changes.length === 1, 'a change over the new connection');
  });

  it('keeps the moment it was lost through many tries', async () => {
    await core.stop();
    hold();
    await until(() => kinds().filter((kind) => kind === 'lost').length >= 3, 'three tries');
    const lost = states.flatMap((state) => (state.kind === 'lost' ? [state] : []));
    expect(new Set(lost.map(({ since }) => since)).size).toBe(1);
    await core.start();
    holder?.retryNow();
    await until(() => kinds().at(-1) === 'open', 'open');
  });

  it('stops trying when the token is refused, and says so', async () => {
    hold(openSocket(core.url, 'a-wrong-token'));
    await until(() => kinds().includes('refused'), 'refused');
    expect(kinds()).toEqual(['connecting', 'refused']);
    expect(freshCount).toBe(0);
  });

  it('is refused at once where there is no token', async () => {
    hold(openNothing);
    await until(() => kinds().includes('refused'), 'refused');
  });
});
