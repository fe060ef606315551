/** Takes requests out as a file: progress while it is made, a way to give it up, then the file to save. */
import { useRef, useState } from 'react';
import type { ExportInput } from '../../../shared/contract/inspector.ts';
import { notifyDone, notifyFailure } from '../../data/action.ts';
import { toFailure } from '../../data/connection.ts';
import { exportRequests } from '../../data/requests.ts';
import { formatCount } from '../../ui/formats.ts';
import { offerFile } from '../../ui/offer-file.ts';

export interface Export {
  /** Requests in the file so far; null while none is made. */
  readonly count: number | null;
  readonly start: (input: Partial<ExportInput>) => void;
  readonly cancel: () => void;
}

/** The export of a view; one at a time. */
export function useExport(): Export {
  const [count, setCount] = useState<number | null>(null);
  const work = useRef<AbortController | null>(null);
  const run = async (input: Partial<ExportInput>): Promise<void> => {
    const controller = new AbortController();
    work.current = controller;
    setCount(0);
    try {
      const file = await exportRequests(input, setCount, controller.signal);
      offerFile(file.fileName, file.parts);
      const more = file.cut ? ' There are more than one file holds: narrow the filters for the rest.' : '';
      notifyDone(`${formatCount(file.count, 'request')} saved, keys masked.${more}`);
    } catch (thrown) {
      if (!controller.signal.aborted) notifyFailure('The requests were not exported', toFailure(thrown));
    } finally {
      setCount(null);
    }
  };
  return {
    count,
    start: (input) => void run(input),
    cancel: () => work.current?.abort(),
  };
}
