/** What every card on the canvas may look at beside its own step: kinds, problems, and the run laid over. */
import { createContext, useContext } from 'react';
import type { IssuesByStep } from '../graph/issues.ts';
import type { Kinds } from '../graph/kinds.ts';
import type { RunOverlay } from '../graph/run-overlay.ts';

export interface CanvasLook {
  readonly kinds: Kinds;
  readonly issues: IssuesByStep;
  readonly overlay: RunOverlay | null;
  readonly isReadOnly: boolean;
  /** Method and path of webhook steps, e.g. `POST /hooks/orders`, by step id. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Steps whose output is pinned, by id. */
  readonly pinned: ReadonlySet<string>;
}

const CanvasContext = createContext<CanvasLook | null>(null);
export const CanvasProvider = CanvasContext.Provider;

/** The canvas a card stands on. Throws outside of one. */
export function useCanvasLook(): CanvasLook {
  const look = useContext(CanvasContext);
  if (look === null) throw new Error('There is no canvas around this card.');
  return look;
}
