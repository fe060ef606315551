/**
 * Secrets are no part of the document in the editor (and so not of its history, its crash copy, the clipboard or a
 * file): masked ones are taken out when a document is opened, new ones wait beside it until they are sent once.
 */
import type { Field } from '../../../../shared/fields.ts';
import { authFieldsOf, type Catalog } from '../../../../shared/model/catalog.ts';
import type { WorkflowDocument } from '../../../../shared/model/document.ts';

type Values = Readonly<Record<string, unknown>>;

/** Newly typed secrets of one step, shaped like its config: `{auth: {secret: '…'}}`. */
export type NewSecrets = Readonly<Record<string, Values>>;

/** A document without any value of a secret field. */
export function withoutSecrets(document: WorkflowDocument, catalog: Catalog): WorkflowDocument {
  const nodes = document.nodes.map((node) => ({
    ...node,
    config: splitSecrets(node.type, node.config, catalog).config,
  }));
  return { ...document, nodes };
}

/** Parts a step's config from the secrets in it; `secrets` is null when there are none. */
export function splitSecrets(
  kind: string,
  config: Values,
  catalog: Catalog,
): { readonly config: Record<string, unknown>; readonly secrets: Values | null } {
  const fields = catalog.steps.find((definition) => definition.kind === kind)?.fields ?? [];
  const own = split(config, fields);
  const auth = own.rest['auth'];
  if (kind !== 'webhook' || !isValues(auth)) return { config: own.rest, secrets: own.taken };
  const ofAuth = split(auth, authFieldsOf(catalog, auth));
  return {
    config: { ...own.rest, auth: ofAuth.rest },
    secrets: ofAuth.taken === null ? own.taken : { ...own.taken, auth: ofAuth.taken },
  };
}

/** Puts the new secrets into the document that is sent to be saved. */
export function withSecrets(document: WorkflowDocument, secrets: NewSecrets): WorkflowDocument {
  if (Object.keys(secrets).length === 0) return document;
  const nodes = document.nodes.map((node) => {
    const added = Object.hasOwn(secrets, node.id) ? secrets[node.id] : undefined;
    return added === undefined ? node : { ...node, config: mergeValues(node.config, added) };
  });
  return { ...document, nodes };
}

/** Lays values over others, level by level. */
export function mergeValues(below: Values, above: Values): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const present = Object.hasOwn(merged, name) ? merged[name] : undefined;
    merged[name] = isValues(present) && isValues(value) ? mergeValues(present, value) : value;
  }
  return merged;
}

function split(
  values: Values,
  fields: readonly Field[],
): { readonly rest: Record<string, unknown>; readonly taken: Values | null } {
  const rest: Record<string, unknown> = { ...values };
  const taken: Record<string, unknown> = {};
  for (const field of fields) {
    const value = Object.hasOwn(rest, field.name) ? rest[field.name] : undefined;
    if (value === undefined) continue;
    if (field.kind === 'secret') {
      delete rest[field.name];
      taken[field.name] = value;
    } else if (field.kind === 'group' && isValues(value)) {
      const inner = split(value, field.fields);
      rest[field.name] = inner.rest;
      if (inner.taken !== null) taken[field.name] = inner.taken;
    }
  }
  return { rest, taken: Object.keys(taken).length === 0 ? null : taken };
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
