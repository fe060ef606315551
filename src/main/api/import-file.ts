/**
 * Files of workflows read: text in, documents out, and a refusal with the place of the fault for everything else. Only
 * JSON is read; nothing is unpacked, so no archive can write or fill anything (RELIABILITY O2, O3).
 */
import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import { savedDocument } from '../../shared/contract/workflows.ts';
import { AppError } from '../../shared/errors.ts';
import { formatPath, type WorkflowDocument } from '../../shared/model/document.ts';
import {
  mostFileBytes,
  type SealedSecrets,
  severalFileSchema,
  singleFileSchema,
} from '../../shared/model/workflow-file.ts';
import { parseJson } from '../receiver/body/parse-json.ts';
import { invalid, toInputIssues } from './issues.ts';
import { findTwin } from './json-twins.ts';

/** One workflow of a file. */
export interface FileEntry {
  readonly document: WorkflowDocument;
  /** Where the document stands in the file, for paths of faults; empty for a bare one. */
  readonly path: string;
  /** Places of credentials that were left out. */
  readonly withheld: readonly string[];
}

export interface ReadFile {
  readonly entries: readonly FileEntry[];
  readonly sealed: SealedSecrets | undefined;
  /** The documents as they stand in the file, to which its secrets are bound. */
  readonly raw: readonly unknown[];
}

/** Faults told of one file; a hostile one has a million. */
const mostIssues = 100;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fault = (path: string, message: string): AppError => invalid([{ path, message }]);

/** Beginnings of files people try: zip (and all that are zips), gzip, bzip2, xz, 7z, rar, zstd; tar has its mark at 257. */
const archives = ['PK', '\x1f\x8b', 'BZh', '\xfd7zXZ', '7z\xbc\xaf', 'Rar!', '\x28\xb5\x2f\xfd'];

/**
 * Bytes as a JSON value.
 * @throws AppError `invalid` for archives, anything that is not an object, `__proto__` and equal keys; `malformed_json`,
 * `too_deep`, `too_many_keys`, `payload_too_large`
 */
export function readImportBytes(bytes: Uint8Array): Fields {
  if (bytes.length > mostFileBytes)
    throw new AppError({ code: 'payload_too_large', message: 'The file is larger than 5 MiB.' });
  const start = Buffer.from(bytes.subarray(0, 262)).toString('latin1');
  if (archives.some((magic) => start.startsWith(magic)) || start.endsWith('ustar')) {
    throw fault('', 'This is an archive. Only JSON files are read; nothing was unpacked.');
  }
  if (!isUtf8(bytes)) throw fault('', 'This is no text. Only JSON files are read.');
  const { value, text, hasTwins } = parseJson(bytes);
  if (!isFields(value)) throw fault('', 'A file of a workflow is a JSON object.');
  const twin = hasTwins ? findTwin(text) : undefined;
  if (twin !== undefined) throw fault(formatPath(twin), 'This key is there twice.');
  refuseProto(value, []);
  return value;
}

/** Levels are limited before: the walk is no deeper than 100. @throws AppError `invalid` */
function refuseProto(value: unknown, path: readonly (string | number)[]): void {
  if (typeof value !== 'object' || value === null) return;
  const entries: Iterable<readonly [string | number, unknown]> = Array.isArray(value)
    ? value.entries()
    : Object.entries(value);
  for (const [key, item] of entries) {
    if (key === '__proto__') throw fault(formatPath([...path, key]), 'This key is not known here.');
    refuseProto(item, [...path, key]);
  }
}

function parse<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw invalid(toInputIssues(read.error.issues).slice(0, mostIssues));
}

/** The documents of a file's value. @throws AppError `invalid` with the path of each fault */
export function readWorkflowFile(value: unknown): ReadFile {
  if (!isFields(value)) throw fault('', 'A file of a workflow is a JSON object.');
  const { format, version } = value;
  if (format === undefined) {
    const document = parse(savedDocument, value);
    return { entries: [{ document, path: '', withheld: [] }], sealed: undefined, raw: [value] };
  }
  if (format !== 'hookyard.workflow' && format !== 'hookyard.workflows')
    throw fault('format', 'This is no file of workflows.');
  if (typeof version === 'number' && version > 1)
    throw fault('version', 'The file was made by a newer version of Hookyard.');
  if (format === 'hookyard.workflow') {
    const { workflow, withheld = [], secrets } = parse(singleFileSchema, value);
    return {
      entries: [{ document: workflow, path: 'workflow', withheld }],
      sealed: secrets,
      raw: [value['workflow']],
    };
  }
  const { workflows, secrets } = parse(severalFileSchema, value);
  const raw: readonly unknown[] = Array.isArray(value['workflows']) ? value['workflows'] : [];
  return {
    entries: workflows.map(({ workflow, withheld = [] }, index) => ({
      document: workflow,
      path: `workflows[${index}].workflow`,
      withheld,
    })),
    sealed: secrets,
    raw: raw.map((entry) => (isFields(entry) ? entry['workflow'] : undefined)),
  };
}
