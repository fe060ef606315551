/**
 * Flows on one data folder over any number of hosts: starts a host with senders and resumers at work, lets the test end
 * it as it likes, and in the end lets everything come to rest and looks it up.
 */
import { type HostOptions, type TestHost, startHost } from '../support/host.ts';
import { SIGNING_SECRET } from '../support/signed-workflow.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';
import { hasRunIn } from '../support/v1-list.ts';
import { integrityFaults } from './audit.ts';
import { auditFlow } from './flow/audit-flow.ts';
import { createResumer, type Resumer, type ResumerOptions } from './flow/resumer.ts';
import { openTarget, type Target } from './flow/target.ts';
import type { Flow, FlowMaker } from './flow/workflow.ts';
import {
  type Ledger,
  openLedger,
  type Posting,
  refusalFaults,
  resendPromised,
  startPosting,
} from './poster.ts';

export interface FlowSums {
  readonly promised: number;
  readonly runs: number;
  readonly sends: number;
  readonly inDoubt: number;
  readonly cutOff: number;
  readonly recovered: number;
  readonly faults: readonly string[];
}

export interface FlowHost extends AsyncDisposable {
  readonly target: Target;
  readonly resumer: Resumer;
  /** Promises made to the senders of all flows so far. */
  promised(): number;
  /** Good deliveries that were answered so; they count as refused no more. */
  takeRefusals(status: number): number;
  /** Connections of senders that were cut off so far. */
  cutOff(): number;
  /** Starts a host; flows are made on the first. */
  start(options?: Partial<HostOptions>): Promise<TestHost>;
  /** Puts senders and resumers to work; the answer waits until they have noticed that the host is gone. */
  load(host: TestHost, connections: number, restMs: number): { stop(): Promise<void> };
  /** After the last kill: lets all come to rest, stops the host and looks everything up; `look` before it is stopped. */
  finish(kills: number, look?: (host: TestHost) => Promise<string[]>): Promise<FlowSums>;
}

interface Line {
  readonly flow: Flow;
  readonly ledger: Ledger;
}

/** Makes the folder and the target. */
export async function openFlowHost(
  program: NonNullable<HostOptions['program']>,
  makers: readonly FlowMaker[],
  resuming: ResumerOptions = {},
): Promise<FlowHost> {
  const folder = makeTempDir();
  const resumer = createResumer(resuming);
  const target = await openTarget((runId, path) => resumer.add(runId, path));
  const lines: Line[] = [];
  const faults: string[] = [];

  /** Whoever may be refused. */
  const books = () => [...lines.map(({ ledger }) => ledger), resumer];
  const urlOf = ({ flow }: Line, host: TestHost): string => host.receiver + flow.path;

  async function start(options: Partial<HostOptions> = {}): Promise<TestHost> {
    const host = await startHost({ folder: folder.path, program, options: ['--no-admin'], ...options });
    if (lines.length === 0) {
      for (const make of makers)
        lines.push({ flow: await make(host.receiver, target.origin), ledger: openLedger() });
    }
    return host;
  }

  function load(host: TestHost, connections: number, restMs: number): { stop(): Promise<void> } {
    const postings: Posting[] = lines.map((line) =>
      startPosting(urlOf(line, host), SIGNING_SECRET, connections, line.ledger, { restMs }),
    );
    const serving = resumer.serve(host.receiver);
    return {
      async stop() {
        for (const posting of postings) posting.stop();
        await Promise.all(postings.map(({ ended }) => ended));
        await serving.stop();
      },
    };
  }

  async function settle(host: TestHost): Promise<void> {
    const serving = resumer.serve(host.receiver);
    for (const line of lines) {
      await until(
        'every unanswered delivery to be promised',
        async () => {
          const url = urlOf(line, host);
          await startPosting(url, SIGNING_SECRET, 8, line.ledger, { onlyOpen: true }).ended;
          return line.ledger.open.length === 0;
        },
        { deadlineMs: 60_000, everyMs: 50 },
      );
      faults.push(...(await resendPromised(urlOf(line, host), line.ledger)));
    }
    await until(
      'every run to end',
      async () => resumer.open === 0 && !(await hasRunIn(host.receiver, ['queued', 'running', 'waiting'])),
      { deadlineMs: 120_000, everyMs: 100 },
    );
    await serving.stop();
  }

  async function finish(
    kills: number,
    look: (host: TestHost) => Promise<string[]> = () => Promise.resolve([]),
  ): Promise<FlowSums> {
    const host = await start();
    faults.push(...(await look(host)));
    await settle(host);
    const code = await host.stop();
    if (code !== 0) faults.push(`the host ended with ${String(code)}`);
    const { dataDir } = host.ready;
    const audits = lines.map(({ flow, ledger }) =>
      auditFlow(dataDir, flow, { ledger, target, taken: resumer.taken, kills }),
    );
    const sum = (of: (audit: (typeof audits)[number]) => number): number =>
      audits.reduce((total, audit) => total + of(audit), 0);
    const ledgers = lines.map(({ ledger }) => ledger);
    return {
      promised: ledgers.reduce((total, { promised }) => total + promised.size, 0),
      runs: sum(({ runs }) => runs),
      sends: sum(({ sends }) => sends),
      inDoubt: sum(({ inDoubt }) => inDoubt),
      cutOff: ledgers.reduce((total, { cutOff }) => total + cutOff, 0),
      recovered: ledgers.reduce((total, { recovered }) => total + recovered, 0),
      faults: [
        ...faults,
        ...audits.flatMap((audit) => audit.faults),
        ...books().flatMap(refusalFaults),
        ...resumer.faults,
        ...target.faults,
        ...integrityFaults(dataDir),
      ],
    };
  }

  return {
    target,
    resumer,
    promised: () => lines.reduce((total, { ledger }) => total + ledger.promised.size, 0),
    takeRefusals(status) {
      return books().reduce((total, { refusals }) => {
        const count = refusals.get(status) ?? 0;
        refusals.delete(status);
        return total + count;
      }, 0);
    },
    cutOff: () => lines.reduce((total, { ledger }) => total + ledger.cutOff, 0),
    start,
    load,
    finish,
    async [Symbol.asyncDispose]() {
      await target[Symbol.asyncDispose]();
      folder.remove();
    },
  };
}
