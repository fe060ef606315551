/** Workflows written as files: documents without any secret, or with their secrets locked by a passphrase. */
import { AppError } from '../../shared/errors.ts';
import { formatPath, type WorkflowDocument } from '../../shared/model/document.ts';
import {
  fileNameOf,
  type FileSecrets,
  type SeveralFile,
  type SingleFile,
} from '../../shared/model/workflow-file.ts';
import { namedSecretPlace } from '../base/vault.ts';
import { secretsUsed } from '../engine/check-secrets.ts';
import type { WorkflowRow } from '../store/types.ts';
import { openSecrets } from './endpoint-secrets.ts';
import { lockSecrets } from './export-workflow-lock.ts';
import { ownHooksOf } from './hooks.ts';
import type { ApiParts } from './parts.ts';
import { type ApiContext, hasScope, type Procedures, requires } from './procedures.ts';
import { type Literal, literalsOf, withTexts } from './workflow-literals.ts';
import { requireWorkflow } from './workflow-saving.ts';

interface Entry {
  readonly row: WorkflowRow;
  /** As it is written: credentials in the clear are taken out. */
  readonly document: WorkflowDocument;
  readonly literals: readonly Literal[];
}

function entryOf(parts: ApiParts, id: string, version?: number): Entry {
  const row = requireWorkflow(parts, id);
  const whole =
    version === undefined ? row.draft : parts.store.read.workflows.version(row.id, version)?.document;
  if (whole === undefined)
    throw new AppError({ code: 'not_found', message: `There is no version ${version}.` });
  const literals = literalsOf(whole);
  const document = withTexts(
    whole,
    literals.map(({ nodeId, path, rest }) => ({ nodeId, path, text: rest })),
  );
  return { row, document, literals };
}

function fileEntry({ document, literals }: Entry): Omit<SingleFile, 'format' | 'version' | 'secrets'> {
  const indexes = new Map(document.nodes.map((node, index) => [node.id, index]));
  const withheld = literals.map(({ nodeId, path }) =>
    formatPath(['nodes', indexes.get(nodeId) ?? 0, 'config', ...path]),
  );
  return { workflow: document, ...(withheld.length === 0 ? {} : { withheld }) };
}

/** The secrets of exported workflows. @throws AppError `endpoint_misconfigured` when one can not be opened */
function secretsOf(parts: ApiParts, entries: readonly Entry[]): FileSecrets {
  const { store, vault } = parts;
  const names = new Set(entries.flatMap(({ document }) => secretsUsed(document).map(({ name }) => name)));
  const named = [...names].flatMap((name): [string, FileSecrets['named'][string]][] => {
    const row = store.read.secrets.byName(name);
    if (row === undefined) return [];
    return [[name, { value: vault.open(row.sealed, namedSecretPlace(name)), hosts: [...row.hosts] }]];
  });
  return {
    workflows: entries.map(({ row, document, literals }) => {
      const own = new Set(ownHooksOf(document).map(({ node }) => node.id));
      const endpoints = store.read.endpoints
        .ofWorkflow(row.id)
        .flatMap((endpoint): [string, Record<string, string>][] =>
          endpoint.nodeId !== null && own.has(endpoint.nodeId)
            ? [[endpoint.nodeId, { ...openSecrets(parts, endpoint.id) }]]
            : [],
        );
      return {
        endpoints: Object.fromEntries(endpoints),
        texts: literals.map(({ nodeId, path, text }) => ({ nodeId, path: [...path], text })),
      };
    }),
    named: Object.fromEntries(named),
  };
}

/** `workflows.*` of the contract that write files. */
export function exportProcedures(os: Procedures, parts: ApiParts) {
  async function write(
    { attach }: ApiContext,
    entries: readonly Entry[],
    isSeveral: boolean,
    passphrase?: string,
  ): Promise<SingleFile | SeveralFile> {
    const documents = entries.map(({ document }) => document);
    const locked =
      passphrase === undefined
        ? {}
        : { secrets: await lockSecrets(secretsOf(parts, entries), passphrase, documents) };
    const [first] = entries;
    const several: SeveralFile = {
      format: 'hookyard.workflows',
      version: 1,
      workflows: entries.map(fileEntry),
      ...locked,
    };
    attach?.(fileNameOf(documents));
    if (isSeveral || first === undefined) return several;
    return { format: 'hookyard.workflow', version: 1, ...fileEntry(first), ...locked };
  }

  return {
    export: os.workflows.export
      .use(requires('read'))
      .handler(({ input: { id, version }, context }) => write(context, [entryOf(parts, id, version)], false)),

    exportLocked: os.workflows.exportLocked
      .use(requires('admin'))
      .handler(({ input: { id, version, passphrase }, context }) =>
        write(context, [entryOf(parts, id, version)], false, passphrase),
      ),

    exportSeveral: os.workflows.exportSeveral
      .use(requires('read'))
      .handler(({ input: { ids, passphrase }, context }) => {
        if (passphrase !== undefined && !hasScope(context, 'admin')) {
          const message = 'Secrets are exported only with a token of the scope "admin".';
          throw new AppError({ code: 'forbidden', message });
        }
        const entries = ids.map((id) => entryOf(parts, id));
        const once = [...new Map(entries.map((entry) => [entry.row.id, entry])).values()];
        return write(context, once, true, passphrase);
      }),
  };
}
