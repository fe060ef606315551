/**
 * What keeps a workflow from being saved, and what more keeps it from being committed: the engine's faults of the
 * document, and those only this floor can know (SPEC 8, UI: commit is refused with them).
 */
import { slugify, type Issue, type WorkflowDocument } from '../../shared/model/document.ts';
import { endpointSettingsShape } from '../../shared/model/endpoint.ts';
import { checkReferences } from '../engine/check-references.ts';
import { checkSecrets } from '../engine/check-secrets.ts';
import { checkDocument, checkSavable } from '../engine/check.ts';
import { gateFaults } from './gate-faults.ts';
import { hooksOf } from './hooks.ts';
import { invalid } from './issues.ts';
import type { ApiParts } from './parts.ts';
import { weakSecretsOf } from './secret-strength.ts';

type FaultParts = Pick<ApiParts, 'store'>;

/** What a node may say beside a shared source: the style is the source's own, the filter is the workflow's. */
const besideSource: ReadonlySet<string> = new Set(['style', 'filter', 'senderDeadlineSeconds']);

/** Settings inline or a shared source, not both (SPEC 8): a gate that is never asked would look like one. */
function idleFaults(document: WorkflowDocument): readonly Issue[] {
  return hooksOf(document).flatMap(({ config, index, node }) =>
    config.endpointId === undefined
      ? []
      : Object.keys(node.config)
          .filter((name) => Object.hasOwn(endpointSettingsShape, name) && !besideSource.has(name))
          .map((name) => ({
            path: `nodes[${index}].config.${name}`,
            message: 'The shared data source has its own; set it there.',
            nodeId: node.id,
          })),
  );
}

function settingsFaults(document: WorkflowDocument): readonly Issue[] {
  return hooksOf(document).flatMap(({ config, index, node }) =>
    gateFaults(config).map(({ path, message }) => ({
      path: `nodes[${index}].config.${path}`,
      message,
      nodeId: node.id,
    })),
  );
}

/** Faults a draft may have and a version may not, beside those of the graph: shared sources that are not there. */
function bindingFaults({ store }: FaultParts, document: WorkflowDocument): readonly Issue[] {
  return hooksOf(document).flatMap(({ config, index, node }) => {
    if (config.endpointId === undefined) return [];
    if (store.read.endpoints.byId(config.endpointId)?.kind === 'shared') return [];
    const path = `nodes[${index}].config.endpointId`;
    return [{ path, message: 'There is no shared data source with this id.', nodeId: node.id }];
  });
}

function secretVerdict({ store }: FaultParts, document: WorkflowDocument): ReturnType<typeof checkSecrets> {
  return checkSecrets(document, (name) => store.read.secrets.byName(name));
}

/** What somebody should know of a document that can be committed all the same. */
export function warningsOfDocument(parts: FaultParts, document: WorkflowDocument): readonly Issue[] {
  return [
    ...checkReferences(document).warnings,
    ...secretVerdict(parts, document).warnings,
    ...weakSecretsOf(document),
  ];
}

/** Workflows it names that are not there; its own is, whether it is stored yet or not. */
function calleeFaults({ store }: FaultParts, document: WorkflowDocument): readonly Issue[] {
  const own = document.slug ?? slugify(document.name);
  const isThere = (name: string): boolean =>
    name === own || store.read.workflows.byIdOrSlug(name) !== undefined;
  const message = (name: string): string => `There is no workflow "${name}".`;
  const { onFailure } = document.settings;
  const ofSettings =
    onFailure === undefined || isThere(onFailure)
      ? []
      : [{ path: 'settings.onFailure', message: message(onFailure) }];
  const ofSteps = document.nodes.flatMap((node, index) => {
    const { workflow } = node.config;
    if (node.type !== 'workflow' || typeof workflow !== 'string' || workflow.trim() === '') return [];
    if (isThere(workflow.trim())) return [];
    return [{ path: `nodes[${index}].config.workflow`, message: message(workflow), nodeId: node.id }];
  });
  return [...ofSteps, ...ofSettings];
}

/** Every fault that keeps a document from being committed. */
export function faultsOfDocument(parts: FaultParts, document: WorkflowDocument): readonly Issue[] {
  return [
    ...checkDocument(document),
    ...settingsFaults(document),
    ...idleFaults(document),
    ...bindingFaults(parts, document),
    ...calleeFaults(parts, document),
    ...secretVerdict(parts, document).issues,
  ];
}

/** @throws AppError `invalid` with the path of each fault no draft may have. */
export function requireSavable(document: WorkflowDocument): void {
  const faults = [...checkSavable(document), ...settingsFaults(document), ...idleFaults(document)];
  if (faults.length > 0) throw invalid(faults);
}

/** @throws AppError `invalid` while there is any fault. */
export function requireRunnable(parts: FaultParts, document: WorkflowDocument): void {
  const faults = faultsOfDocument(parts, document);
  if (faults.length > 0) throw invalid(faults);
}
