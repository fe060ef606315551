/** The figures of the status bar and the list of workflows, against plain counting (UI, Frame). */
import { describe, expect, it } from 'vitest';
import { admission, capturedRequest, openTestStore, plannedRun, step } from './support.ts';

const minute = 60_000;
const now = 100 * minute + 30_000;

describe('the overview', () => {
  it('counts requests by the minute, the present one last, and forgets older ones', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const arrivals = [now - 10 * minute, now - 2 * minute, now - 2 * minute, now - 1, now];
    for (const at of arrivals) {
      await store.write('admit', admission({ request: capturedRequest({ at }), runs: [] }));
    }
    expect(store.read.overview.requestsPerMinute(now, 4)).toEqual([0, 2, 0, 2]);
    expect(store.read.overview.requestsPerMinute(now, 11)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2]);
    expect(store.read.overview.requestsPerMinute(now + 60 * minute, 3)).toEqual([0, 0, 0]);
  });

  it('has figures for an empty folder', async () => {
    await using opened = await openTestStore();
    const { overview } = opened.store.read;
    expect(overview.requestsPerMinute(now, 2)).toEqual([0, 0]);
    expect(overview.totals()).toEqual({ workflows: 0, endpoints: 0, requests: 0, runs: 0, records: 0 });
    expect(overview.runsSince(0)('wf_one')).toEqual({ runs: 0, failed: 0 });
    expect(overview.liveRunsByVersion('wf_one')).toEqual(new Map());
  });

  it('counts the runs of a workflow since an instant, and those of them that failed', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    for (const at of [now - 3 * minute, now - minute, now]) {
      await store.write('startRuns', { runs: [plannedRun({ next: [step('a')] })], at });
    }
    await store.write('startRuns', { runs: [plannedRun({ workflowId: 'wf_two', version: 4 })], at: now });
    const [newest] = store.read.runs.list({ workflowId: 'wf_one', limit: 1 }).items;
    const [, open] = store.read.runs.steps(newest?.id ?? '');
    await store.write('settleStep', {
      stepSeq: open?.seq ?? 0,
      runId: newest?.id ?? '',
      attempt: open?.attempt ?? 0,
      startedAt: now,
      at: now,
      inputJson: null,
      logs: [],
      outcome: { kind: 'failed', error: { code: 'step_failed', message: 'no' }, port: null, endsRun: true },
      next: [],
    });
    const since = store.read.overview.runsSince(now - 2 * minute);
    expect(since('wf_one')).toEqual({ runs: 2, failed: 1 });
    expect(since('wf_two')).toEqual({ runs: 1, failed: 0 });
    expect(store.read.overview.runsSince(0)('wf_one')).toEqual({ runs: 3, failed: 1 });
    expect(store.read.overview.liveRunsByVersion('wf_one')).toEqual(new Map([[1, 2]]));
    expect(store.read.overview.liveRunsByVersion('wf_two')).toEqual(new Map([[4, 1]]));
    expect(store.read.overview.totals()).toMatchObject({ runs: 4, requests: 0 });
  });
});
