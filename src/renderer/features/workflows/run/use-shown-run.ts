/**
 * Which run lies over the canvas. The address says (`?run=`), so a link shows it and Back leaves it; a run that starts
 * while one looks is shown by itself, unless one looks at another on purpose or the draft has moved on.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { RunSummary, RunView } from '../../../../shared/contract/views.ts';
import { useList } from '../../../data/list.ts';
import { useMirror } from '../../../data/mirror.ts';
import { runList, runMirror } from '../../../data/runs.ts';

export interface ShownRun {
  readonly runId: string | null;
  readonly run: RunView | undefined;
  /** Why the run can not be shown. */
  readonly fault: string | null;
  /** Newest first. */
  readonly latest: readonly RunSummary[];
  /** A run that started meanwhile and is not shown. */
  readonly offered: RunSummary | null;
  readonly show: (runId: string) => void;
  readonly hide: () => void;
}

/** Follows the runs of a workflow. `canFollow`: whether a new run may come over the canvas unasked. */
export function useShownRun(workflowId: string, canFollow: boolean): ShownRun {
  const [params, setParams] = useSearchParams();
  const runId = params.get('run');
  const { items: latest, status } = useList(runList, { workflow: workflowId });
  const { data, error } = useMirror(runMirror, runId);
  /** The newest run there was when this page was opened or a run was last shown. */
  const seen = useRef<string | null | undefined>(undefined);
  const [offered, setOffered] = useState<RunSummary | null>(null);
  /** Whether the run shown was chosen by hand: then newer ones are offered only. */
  const isChosen = useRef(runId !== null);
  /** The run last asked for; the address may be a moment behind. */
  const asked = useRef(runId);

  const put = useCallback(
    (id: string | null, replace: boolean) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (id === null) next.delete('run');
          else next.set('run', id);
          return next;
        },
        { replace },
      ),
    [setParams],
  );

  useEffect(() => {
    if (status !== 'ready') return;
    const newest = latest[0];
    if (seen.current === undefined) {
      seen.current = newest?.id ?? null;
      return;
    }
    if (newest === undefined || newest.id === seen.current) return;
    seen.current = newest.id;
    if (newest.id === asked.current) return;
    if (canFollow && !isChosen.current) {
      asked.current = newest.id;
      setOffered(null);
      put(newest.id, true);
    } else setOffered(newest);
  }, [latest, status, canFollow, put]);

  const show = useCallback(
    (id: string) => {
      asked.current = id;
      // The newest one goes on being followed; an older one was picked to be looked at.
      isChosen.current = latest.findIndex((run) => run.id === id) > 0;
      setOffered(null);
      put(id, false);
    },
    [latest, put],
  );
  const hide = useCallback(() => {
    asked.current = null;
    isChosen.current = false;
    setOffered(null);
    put(null, false);
  }, [put]);

  return {
    runId,
    run: data,
    fault: runId !== null && data === undefined ? (error?.message ?? null) : null,
    latest,
    offered: offered?.id === runId ? null : offered,
    show,
    hide,
  };
}
