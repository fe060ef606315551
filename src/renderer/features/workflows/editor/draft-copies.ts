/**
 * Copies of unsaved edits that survive a crash or a closed window: one per workflow in the browser's storage, written
 * with every edit and removed once the draft is saved. They hold no secrets, since the document holds none.
 */
import { z } from 'zod';
import { documentSchema, type WorkflowDocument } from '../../../../shared/model/document.ts';

const copySchema = z.object({
  /** `updatedAt` of the draft the edits began on. */
  basis: z.string(),
  /** When the copy was written; epoch ms. */
  at: z.number(),
  document: documentSchema,
});
export type DraftCopy = z.infer<typeof copySchema>;

/** What is needed of `localStorage`. */
export type CopyStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface DraftCopies {
  /** The copy of a workflow; null when there is none or it can not be read. */
  read(workflowId: string): DraftCopy | null;
  write(workflowId: string, document: WorkflowDocument, basis: string): void;
  clear(workflowId: string): void;
}

const keyOf = (workflowId: string): string => `hookyard.draft.${workflowId}`;

/** Copies in a storage; a storage that is full or forbidden is as good as none. */
export function createDraftCopies(storage: CopyStorage, now: () => number): DraftCopies {
  return {
    read(workflowId) {
      try {
        const parsed = copySchema.safeParse(JSON.parse(storage.getItem(keyOf(workflowId)) ?? 'null'));
        return parsed.success ? parsed.data : null;
      } catch {
        return null;
      }
    },
    write(workflowId, document, basis) {
      try {
        storage.setItem(keyOf(workflowId), JSON.stringify({ basis, at: now(), document }));
      } catch {
        // Nothing to be done: the draft is saved to the app a moment later anyway.
        storage.removeItem(keyOf(workflowId));
      }
    },
    clear(workflowId) {
      storage.removeItem(keyOf(workflowId));
    },
  };
}
