/**
 * The named secrets a document uses against those there are (SPEC 7): one that is not there keeps it from being committed,
 * one that may not go where its step sends it is told beside. Pure; who has them is handed in.
 */
import { AppError } from '../../shared/errors.ts';
import { templateSecrets } from '../../shared/expression/template-secrets.ts';
import {
  formatPath,
  type Issue,
  type WorkflowDocument,
  type WorkflowNode,
} from '../../shared/model/document.ts';
import type { Verdict } from './check-references.ts';
import { configTexts } from './config-texts.ts';
import { isHostAllowed } from './secrets.ts';

/** What is known of a secret; undefined: there is none of this name. */
export type KnownSecret = (name: string) => { readonly hosts: readonly string[] } | undefined;

/** One use of a named secret. */
export interface SecretUse {
  readonly name: string;
  readonly nodeId: string;
  /** Of the field it stands in. */
  readonly path: string;
  /** `name:port` its step sends to, where that is written down. */
  readonly host: string | undefined;
}

/**
 * The host a step calls (`name:port`), where its settings say so by themselves; undefined where data decides it or it
 * calls none.
 */
export function hostCalledBy({ config }: Pick<WorkflowNode, 'config'>): string | undefined {
  const { url, host, port } = config;
  if (typeof url === 'string') {
    const origin = /^https?:\/\/[^/?#\\]*/i.exec(url)?.[0];
    const parsed = origin === undefined || origin.includes('{{') ? null : URL.parse(origin);
    if (parsed === null || parsed.hostname === '') return undefined;
    return `${parsed.hostname}:${parsed.port === '' ? (parsed.protocol === 'https:' ? '443' : '80') : parsed.port}`;
  }
  if (typeof host !== 'string' || host === '' || host.includes('{{')) return undefined;
  return typeof port === 'number' ? `${host}:${port}` : undefined;
}

function namesIn(text: string): readonly string[] {
  try {
    return templateSecrets(text);
  } catch (error) {
    // A template that can not be split is told by the check of the field itself.
    if (error instanceof AppError) return [];
    throw error;
  }
}

/** Every use of a named secret in a document. */
export function secretsUsed(document: WorkflowDocument): readonly SecretUse[] {
  return document.nodes.flatMap((node, index) =>
    configTexts(node.type, node.config)
      .filter(({ kind, allowsSecrets }) => kind === 'template' && allowsSecrets)
      .flatMap(({ path, text }) =>
        namesIn(text).map((name) => ({
          name,
          nodeId: node.id,
          path: `nodes[${index}].config.${formatPath(path)}`,
          host: hostCalledBy(node),
        })),
      ),
  );
}

/** Judges the named secrets of a document. */
export function checkSecrets(document: WorkflowDocument, known: KnownSecret): Verdict {
  const issues: Issue[] = [];
  const warnings: Issue[] = [];
  for (const { name, nodeId, path, host } of secretsUsed(document)) {
    const secret = known(name);
    if (secret === undefined) {
      issues.push({ path, nodeId, message: `There is no secret "${name}": add it under Secrets.` });
    } else if (host !== undefined && !isHostAllowed(secret.hosts, host)) {
      const message = `The secret "${name}" may not be sent to ${host}; add the host to the secret.`;
      warnings.push({ path, nodeId, message });
    }
  }
  return { issues, warnings };
}
