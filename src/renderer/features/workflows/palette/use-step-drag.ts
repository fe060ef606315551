/**
 * Dragging a step out of the palette by pointer events: works with mouse, pen and touch, Escape cancels, and letting
 * go anywhere but over the canvas does nothing. A press that does not move stays a click.
 */
import { useCallback, useEffect, useRef } from 'react';
import { useOpenWorkflow } from '../editor/editor-context.ts';
import { useAdding } from '../editor/use-adding.ts';
import type { Point } from '../graph/edit.ts';

/** How far the pointer goes before a press is a drag; CSS pixels. */
const threshold = 5;

/** The handler of a palette entry, and whether the click that follows a drag is to be ignored. */
export function useStepDrag() {
  const { workbench } = useOpenWorkflow();
  const { drop } = useAdding();
  const stop = useRef<(() => void) | null>(null);
  const wasDragged = useRef(false);
  useEffect(() => () => stop.current?.(), []);

  const begin = useCallback(
    (stepKind: string, start: Point) => {
      stop.current?.();
      wasDragged.current = false;
      const move = (event: PointerEvent): void => {
        const at = { x: event.clientX, y: event.clientY };
        if (!wasDragged.current && Math.hypot(at.x - start.x, at.y - start.y) < threshold) return;
        wasDragged.current = true;
        event.preventDefault();
        workbench.drag({ stepKind, at, ...targetAt(at) });
      };
      const end = (event: PointerEvent): void => {
        const dragged = workbench.store.getState().dragged;
        finish();
        if (dragged === null) return;
        const at = { x: event.clientX, y: event.clientY };
        const target = targetAt(at);
        if (target.isOverCanvas) drop(stepKind, at, target.edgeId);
      };
      const key = (event: KeyboardEvent): void => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        finish();
      };
      const finish = (): void => {
        stop.current = null;
        window.removeEventListener('pointermove', move);
        window.removeEventListener('pointerup', end);
        window.removeEventListener('pointercancel', finish);
        window.removeEventListener('blur', finish);
        window.removeEventListener('keydown', key, true);
        workbench.drag(null);
      };
      stop.current = finish;
      window.addEventListener('pointermove', move);
      window.addEventListener('pointerup', end);
      window.addEventListener('pointercancel', finish);
      window.addEventListener('blur', finish);
      window.addEventListener('keydown', key, true);
    },
    [workbench, drop],
  );

  /** Whether a click is only the end of a drag; asking forgets it. */
  const takeDragged = useCallback(() => {
    const was = wasDragged.current;
    wasDragged.current = false;
    return was;
  }, []);

  return { begin, takeDragged };
}

/** What lies under a point of the window. */
function targetAt({ x, y }: Point): { readonly isOverCanvas: boolean; readonly edgeId: string | null } {
  const under = document.elementFromPoint(x, y);
  const isOverCanvas = under?.closest('[data-canvas]') != null && under.closest('[data-palette]') === null;
  const edge = isOverCanvas ? under.closest('.react-flow__edge') : null;
  return { isOverCanvas, edgeId: edge?.getAttribute('data-id') ?? null };
}
