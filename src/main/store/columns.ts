/**
 * Reads JSON columns. What a file holds is checked like anything else that comes from outside. Only the main thread
 * reads them: the writer does without validators, which halves its start and its memory.
 */
import { z } from 'zod';
import { documentSchema } from '../../shared/model/document.ts';
import type { WorkflowDocument } from '../../shared/model/document.ts';
import { endpointSettingsSchema } from '../../shared/model/endpoint.ts';
import { headerListSchema, stageNoteSchema } from '../../shared/model/request.ts';
import { logLineSchema, runEditsSchema, runErrorSchema, runTestSchema } from '../../shared/model/run.ts';
import type { Target } from '../../shared/model/run.ts';

/** Makes a reader for a column that may be NULL. */
function readerOf<Value>(schema: z.ZodType<Value>): (text: string | null) => Value | null {
  return (text) => (text === null ? null : schema.parse(JSON.parse(text)));
}

const failureSchema = z.object({
  attempt: z.number(),
  error: runErrorSchema,
  at: z.number(),
  startedAt: z.number().optional(),
});

export const readHeaders = readerOf(headerListSchema);
export const readStages = readerOf(z.array(stageNoteSchema));
export const readTextMap = readerOf(z.record(z.string(), z.string()));
export const readRunError = readerOf(runErrorSchema);
export const readLogs = readerOf(z.array(logLineSchema));
export const readFailures = readerOf(z.array(failureSchema));
export const readRunTest = readerOf(runTestSchema);
export const readRunEdits = readerOf(runEditsSchema);
export const readTexts = readerOf(z.array(z.string()));
export const readSeqs = readerOf(z.array(z.number()));
export const readObject = readerOf(z.record(z.string(), z.unknown()));
export const readSettings = readerOf(endpointSettingsSchema);
const readDocumentColumn = readerOf(documentSchema);

/** Reads a workflow document. */
export function readDocument(text: string): WorkflowDocument {
  const document = readDocumentColumn(text);
  if (document === null) throw new TypeError('a document column holds JSON null');
  return document;
}

/** The target of a run, from its two columns. */
export function readTarget(entity: string | null, cuid: string | null): Target | null {
  return entity === null || cuid === null ? null : { entity, cuid };
}
