/**
 * What the editor offers wherever an expression is typed: the names of SPEC 7, the outputs of the steps before, the
 * declared parameters, and the fields the last run really had, with their values.
 */
import type { ExpressionScope } from '../../../../shared/expression/scope.ts';
import type { WorkflowDocument } from '../../../../shared/model/document.ts';
import type { Suggestion } from '../../../ui/CodeField.tsx';

const always: readonly Suggestion[] = [
  { label: 'trigger.data', info: 'The payload; objects carry _query.' },
  { label: 'trigger.query', info: 'Parameters of the URL.' },
  { label: 'trigger.headers', info: 'Headers, with lower-case names.' },
  { label: 'trigger.method' },
  { label: 'trigger.dateTime', info: 'When the request arrived.' },
  { label: 'target', info: 'The record the run works for.' },
  { label: 'run.id' },
  { label: 'run.startedAt' },
  { label: 'run.resumeUrl', info: 'URL that resumes the run while it waits.' },
];

const functions = [
  'sum',
  'count',
  'string',
  'number',
  'now',
  'exists',
  'join',
  'split',
  'map',
  'filter',
  'lookup',
];

/** Fields are offered to this depth and number, so that a large output does not bury the rest. */
const deepest = 4;
const most = 300;

/** The steps that may have run before a step, by id. */
export function stepsBefore(document: WorkflowDocument, stepId: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [stepId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const edge of document.edges) {
      if (edge.target !== id || reached.has(edge.source)) continue;
      reached.add(edge.source);
      open.push(edge.source);
    }
  }
  return reached;
}

/** Suggestions for the fields of a step; `scope` is that of the last run, if there was one. */
export function suggestionsFor(
  document: WorkflowDocument,
  stepId: string,
  scope: ExpressionScope | null,
): readonly Suggestion[] {
  const before = stepsBefore(document, stepId);
  const found = new Map<string, Suggestion>();
  const offer = (suggestion: Suggestion): void => {
    if (found.size < most && !found.has(suggestion.label)) found.set(suggestion.label, suggestion);
  };
  if (scope !== null) {
    offerFields(offer, 'trigger.data', scope.trigger?.data, 1);
    offerFields(offer, 'params', scope.params, 1);
  }
  for (const node of document.nodes) {
    if (!before.has(node.id)) continue;
    const root = `steps.${quote(node.id)}.output`;
    offer({ label: root, info: `What “${node.name}” gave.` });
    if (scope !== null) offerFields(offer, root, scope.steps?.[node.id]?.output, 1);
  }
  for (const name of parameterNames(document)) offer({ label: `params.${quote(name)}` });
  for (const suggestion of always) offer(suggestion);
  return [...found.values(), ...functions.map((name) => ({ label: `$${name}`, kind: 'function' as const }))];
}

function parameterNames(document: WorkflowDocument): readonly string[] {
  return document.nodes.flatMap(({ config }) => {
    const parameters: readonly unknown[] = Array.isArray(config['parameters']) ? config['parameters'] : [];
    return parameters.flatMap((parameter) =>
      typeof parameter === 'object' &&
      parameter !== null &&
      'name' in parameter &&
      typeof parameter.name === 'string'
        ? [parameter.name]
        : [],
    );
  });
}

function offerFields(
  offer: (suggestion: Suggestion) => void,
  root: string,
  value: unknown,
  depth: number,
): void {
  if (typeof value !== 'object' || value === null || depth > deepest) return;
  if (Array.isArray(value)) {
    if (value.length > 0) offerFields(offer, `${root}[0]`, value[0], depth + 1);
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    const label = `${root}.${quote(name)}`;
    offer({ label, detail: shorten(JSON.stringify(inner) ?? ''), kind: 'property' });
    offerFields(offer, label, inner, depth + 1);
  }
}

/** A name as JSONata writes it: in backticks when it is more than letters and digits. */
function quote(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `\`${name.replaceAll('`', '')}\``;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
