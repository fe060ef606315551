import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, connect, FailureError, useLink } from '../../../src/renderer/data/connection.ts';
import type { List } from '../../../src/renderer/data/list.ts';
import { runList, runMirror } from '../../../src/renderer/data/runs.ts';
import { openSocket } from '../../../src/renderer/link/connection.ts';
import type { RunSummary } from '../../../src/shared/contract/views.ts';
import { type CoreDouble, createCoreDouble, runNumber, until } from '../link/core-double.ts';

/** Every test looks at lists of its own: kinds of lists live as long as the page. */
let testNumber = 0;

describe('what the page mirrors', () => {
  let core: CoreDouble;
  let disconnect: () => void;
  const releases: (() => void)[] = [];

  beforeEach(async () => {
    testNumber += 1;
    core = createCoreDouble();
    await core.start();
    disconnect = connect(openSocket(core.url, core.token));
    await until(() => useLink.getState().state.kind === 'open', 'open');
  });
  afterEach(async () => {
    for (const release of releases.splice(0)) release();
    disconnect();
    await core.stop();
  });

  const look = (): List<RunSummary> => {
    const list = runList.of({ workflow: `wf_${testNumber}` });
    releases.push(list.hold());
    return list;
  };
  const ids = (list: List<RunSummary>): string =>
    list.store
      .getState()
      .items.map(({ id }) => id.slice(4))
      .join(' ');
  const fill = (from: number, to: number): RunSummary[] =>
    Array.from({ length: from - to + 1 }, (_, index) => runNumber(from - index));

  it('follows a list while one is at its top', async () => {
    core.runs = fill(2, 1);
    const list = look();
    await until(() => ids(list) === '2 1', 'the first page');
    core.runs = fill(3, 1);
    core.announce({ runs: ['run_3'] });
    await until(() => ids(list) === '3 2 1', 'the new run on top');
  });

  it('moves nothing while one reads further down, and counts what is new', async () => {
    core.runs = fill(3, 1);
    const list = look();
    await until(() => ids(list) === '3 2 1', 'the first page');
    list.follow(false);
    core.runs = [runNumber(5), runNumber(4), runNumber(3, 'failed'), ...fill(2, 1)];
    core.announce({ runs: ['run_5', 'run_4', 'run_3'] });
    await until(() => list.store.getState().newer.count === 2, 'two new ones');
    expect(ids(list)).toBe('3 2 1');
    expect(list.store.getState().items[0]?.status).toBe('failed');
    list.showNewer();
    expect(ids(list)).toBe('5 4 3 2 1');
    expect(list.store.getState().newer.count).toBe(0);
  });

  it('fetches older pages once each, however often the end comes into view', async () => {
    core.runs = fill(200, 1);
    const list = look();
    await until(() => list.store.getState().items.length === 50, 'the first page');
    list.loadMore();
    list.loadMore();
    await until(() => list.store.getState().items.length === 150, 'the second page');
    list.loadMore();
    await until(() => list.store.getState().items.length === 200, 'the third page');
    expect(list.store.getState().cursor).toBeNull();
    expect(core.listCalls.filter(({ cursor }) => cursor !== undefined)).toHaveLength(2);
  });

  it('renews a row far below the first page when a change names it', async () => {
    core.runs = fill(120, 1);
    const list = look();
    await until(() => list.store.getState().items.length === 50, 'the first page');
    list.loadMore();
    await until(() => list.store.getState().items.length === 120, 'the second page');
    core.runs = core.runs.map((run) => (run.id === 'run_7' ? runNumber(7, 'waiting') : run));
    core.announce({ runs: ['run_7'] });
    await until(
      () => list.store.getState().items.find(({ id }) => id === 'run_7')?.status === 'waiting',
      'the renewed row',
    );
  });

  it('makes one fetch out of a burst of changes', async () => {
    core.runs = fill(1, 1);
    const list = look();
    await until(() => ids(list) === '1', 'the first page');
    const before = core.listCalls.length;
    core.runs = fill(2, 1);
    for (let index = 0; index < 50; index += 1) core.announce({ runs: [] });
    await until(() => ids(list) === '2 1', 'the new run');
    expect(core.listCalls.length - before).toBeLessThanOrEqual(3);
  });

  it('keeps what it shows while the core is away and catches up when it is back', async () => {
    core.runs = fill(2, 1);
    const list = look();
    const one = runMirror.of('run_1');
    releases.push(one.hold());
    await until(() => ids(list) === '2 1' && one.store.getState().status === 'ready', 'the first look');
    await core.stop();
    await until(() => useLink.getState().state.kind === 'lost', 'lost');
    expect(ids(list)).toBe('2 1');
    expect(one.store.getState().data?.status).toBe('succeeded');
    await expect(call((client) => client.runs.get({ id: 'run_1' }))).rejects.toThrow(FailureError);
    core.runs = [...fill(4, 2), runNumber(1, 'cancelled')];
    await core.start();
    await until(() => ids(list) === '4 3 2 1', 'the list caught up');
    await until(() => one.store.getState().data?.status === 'cancelled', 'the run caught up');
  });

  it('does not fetch again for changes of other runs', async () => {
    core.runs = fill(3, 1);
    const one = runMirror.of('run_2');
    releases.push(one.hold());
    await until(() => one.store.getState().status === 'ready', 'ready');
    const first = one.store.getState().data;
    core.announce({ runs: ['run_3'] });
    core.runs = [runNumber(3), runNumber(2, 'failed'), runNumber(1)];
    core.announce({ runs: ['run_2'] });
    await until(() => one.store.getState().data?.status === 'failed', 'its own change');
    expect(first?.status).toBe('succeeded');
  });

  it('says why there is nothing to show', async () => {
    const one = runMirror.of('run_none');
    releases.push(one.hold());
    await until(() => one.store.getState().status === 'failed', 'failed');
    expect(one.store.getState().error?.message).not.toBe('');
  });

  it('forgets an answer nobody waits for any more', async () => {
    core.runs = fill(1, 1);
    let open = (): void => undefined;
    core.gate = new Promise((resolve) => {
      open = resolve;
    });
    const list = runList.of({ workflow: 'slow', q: String(testNumber) });
    const release = list.hold();
    await until(() => core.listCalls.length > 0, 'the call');
    release();
    open();
    await until(() => !list.store.getState().isLoadingMore, 'quiet');
    expect(list.store.getState().status).toBe('loading');
    core.gate = Promise.resolve();
    releases.push(list.hold());
    await until(() => ids(list) === '1', 'a new look fetches anew');
  });
});
