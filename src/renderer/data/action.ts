/**
 * Things people do: a call with a busy state, whose failure is told as a notification and never lost.
 */
import { notifications } from '@mantine/notifications';
import { useCallback, useState } from 'react';
import { type Failure, toFailure } from './connection.ts';

/** Tells people that something did not work: what, and why. */
export function notifyFailure(what: string, failure: Failure): void {
  notifications.show({
    color: 'red',
    title: what,
    message: [failure.message, ...failure.issues.slice(0, 3).map(describeIssue)].join(' '),
    autoClose: 8_000,
  });
}

/** Tells people that something worked, where the page itself does not show it. */
export function notifyDone(message: string): void {
  notifications.show({ message, autoClose: 3_000 });
}

function describeIssue({ path, message }: Failure['issues'][number]): string {
  return path === '' ? message : `${path}: ${message}`;
}

export interface Action<Args extends readonly unknown[], T> {
  /** Resolves to the answer, or to undefined when it failed (the failure has been told). */
  readonly run: (...args: Args) => Promise<T | undefined>;
  readonly isBusy: boolean;
  /** Why the last try failed; null after a success. */
  readonly failure: Failure | null;
  readonly reset: () => void;
}

export interface ActionOptions {
  /** Title of the notification, e.g. "The run was not cancelled". Without it the view shows `failure` itself. */
  readonly failed?: string;
  /** Sentence shown when it worked. */
  readonly done?: string;
}

/** Makes a call from `data/` something a button can run. */
export function useAction<Args extends readonly unknown[], T>(
  work: (...args: Args) => Promise<T>,
  { failed, done }: ActionOptions = {},
): Action<Args, T> {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const run = useCallback(
    async (...args: Args): Promise<T | undefined> => {
      setBusy(true);
      try {
        const answer = await work(...args);
        setFailure(null);
        if (done !== undefined) notifyDone(done);
        return answer;
      } catch (thrown) {
        const why = toFailure(thrown);
        setFailure(why);
        if (failed !== undefined) notifyFailure(failed, why);
        return undefined;
      } finally {
        setBusy(false);
      }
    },
    [work, failed, done],
  );
  return { run, isBusy, failure, reset: () => setFailure(null) };
}
