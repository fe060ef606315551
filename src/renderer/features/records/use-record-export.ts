/** Takes records out as a file: progress while it is made, a way to give it up, then the file to save. */
import { useRef, useState } from 'react';
import { notifyDone, notifyFailure } from '../../data/action.ts';
import { toFailure } from '../../data/connection.ts';
import { exportRecords, type RecordQuery } from '../../data/records.ts';
import { formatCount } from '../../ui/formats.ts';
import { offerFile } from '../../ui/offer-file.ts';

export interface RecordExport {
  /** Records in the file so far; null while none is made. */
  readonly count: number | null;
  readonly start: (query: RecordQuery, format: 'csv' | 'json') => void;
  readonly cancel: () => void;
}

/** One export at a time. */
export function useRecordExport(): RecordExport {
  const [count, setCount] = useState<number | null>(null);
  const work = useRef<AbortController | null>(null);
  const run = async (query: RecordQuery, format: 'csv' | 'json'): Promise<void> => {
    const controller = new AbortController();
    work.current = controller;
    setCount(0);
    try {
      const file = await exportRecords(query, format, setCount, controller.signal);
      offerFile(file.fileName, file.parts);
      notifyDone(`${formatCount(file.count, 'record')} saved.`);
    } catch (thrown) {
      if (!controller.signal.aborted) notifyFailure('The records were not exported', toFailure(thrown));
    } finally {
      setCount(null);
    }
  };
  return {
    count,
    start: (query, format) => void run(query, format),
    cancel: () => work.current?.abort(),
  };
}
