/**
 * What is typed into a step's dialog and not yet saved survives a crash or a closed window: one copy per step in the
 * browser's storage, without secrets, gone once the step is updated or the changes are discarded.
 */
import { z } from 'zod';
import type { CopyStorage } from '../editor/draft-copies.ts';

const copySchema = z.object({
  name: z.string().max(200),
  config: z.record(z.string(), z.unknown()),
});
export type FormCopy = z.infer<typeof copySchema>;

export interface FormCopies {
  read(workflowId: string, stepId: string): FormCopy | null;
  write(workflowId: string, stepId: string, copy: FormCopy): void;
  clear(workflowId: string, stepId: string): void;
}

const keyOf = (workflowId: string, stepId: string): string => `hookyard.step.${workflowId}.${stepId}`;

/** Copies in a storage; a storage that is full or forbidden is as good as none. */
export function createFormCopies(storage: CopyStorage): FormCopies {
  return {
    read(workflowId, stepId) {
      try {
        const parsed = copySchema.safeParse(JSON.parse(storage.getItem(keyOf(workflowId, stepId)) ?? 'null'));
        return parsed.success ? parsed.data : null;
      } catch {
        return null;
      }
    },
    write(workflowId, stepId, copy) {
      try {
        storage.setItem(keyOf(workflowId, stepId), JSON.stringify(copy));
      } catch {
        storage.removeItem(keyOf(workflowId, stepId));
      }
    },
    clear: (workflowId, stepId) => storage.removeItem(keyOf(workflowId, stepId)),
  };
}
