/** Completion and preview of expressions: the scope at a step, and what an expression gives over it, never with a secret. */
import type { PreviewAnswer } from '../../shared/contract/expressions.ts';
import { AppError } from '../../shared/errors.ts';
import { templateSecrets } from '../../shared/expression/template-secrets.ts';
import type { WorkflowDocument } from '../../shared/model/document.ts';
import { cutValue } from './cut-value.ts';
import { type ExpressionPlace, type KnownScope, knownScope } from './expression-scope.ts';
import { invalid } from './issues.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { requireWorkflow } from './workflow-saving.ts';

/** What stands for a secret in a preview. */
const secretMark = '••••';

/** Where an expression stands, as it is asked. */
interface Wish {
  readonly workflow?: string | undefined;
  readonly document?: WorkflowDocument | undefined;
  readonly node?: string | undefined;
}

/** @throws AppError `invalid`, `not_found` */
function placeOf(parts: ApiParts, { workflow, document, node: nodeId }: Wish): ExpressionPlace {
  const row = workflow === undefined ? undefined : requireWorkflow(parts, workflow);
  const whole = document ?? row?.draft;
  if (whole === undefined)
    throw invalid([{ path: 'workflow', message: 'Name a workflow or give a document.' }]);
  const node = whole.nodes.find(({ id }) => id === nodeId);
  if (node === undefined) throw new AppError({ code: 'not_found', message: 'There is no such step.' });
  return { document: whole, workflowId: row?.id, node };
}

const errorCodes = new Set([
  'expression_invalid',
  'expression_failed',
  'expression_timeout',
  'sandbox_limit',
]);

function toFault(error: unknown): PreviewAnswer {
  if (!(error instanceof AppError) || !errorCodes.has(error.code)) throw error;
  const { position, reason, path } = error.details;
  return {
    ok: false,
    code: error.code,
    message: error.message,
    reason: typeof reason === 'string' ? reason : error.message,
    position: typeof position === 'number' ? position : 0,
    path: typeof path === 'string' ? path : null,
  };
}

function typeOf(value: unknown): Extract<PreviewAnswer, { ok: true }>['type'] {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'object':
      return 'object';
    default:
      return 'nothing';
  }
}

/** Named secrets of a template, as marks: who writes one sees where it goes, and nothing of it. */
function marksFor(template: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(templateSecrets(template).map((name) => [name, secretMark]));
}

/** `expressions.*` of the contract. */
export function expressionProcedures(os: Procedures, parts: ApiParts) {
  const { store, sandbox } = parts;

  async function scopeFor(given: Readonly<Record<string, unknown>> | undefined, wish: Wish) {
    if (given !== undefined) return given;
    const isNowhere = wish.workflow === undefined && wish.document === undefined;
    const known: Pick<KnownScope, 'scope'> = isNowhere
      ? { scope: {} }
      : await knownScope(parts, placeOf(parts, wish));
    return known.scope;
  }

  return {
    scope: os.expressions.scope.use(requires('read')).handler(async ({ input }) => {
      const { scope, parts: known } = await knownScope(parts, placeOf(parts, input));
      // Each name has its own limits: a large payload leaves room for the steps.
      const names = Object.entries(scope).map(([name, value]) => [name, cutValue(value)] as const);
      return {
        scope: Object.fromEntries(names.map(([name, { value }]) => [name, value])),
        parts: [...known],
        secrets: store.read.secrets.list().map(({ name }) => name),
        isCut: names.some(([, { isCut }]) => isCut),
      };
    }),

    preview: os.expressions.preview
      .use(requires('run'))
      .handler(async ({ input }): Promise<PreviewAnswer> => {
        const { expression, template, scope: given, ...wish } = input;
        if ((expression === undefined) === (template === undefined))
          throw invalid([{ path: '', message: 'Give an expression or a template.' }]);
        const { secrets: _secrets, ...scope } = await scopeFor(given, wish);
        try {
          const whole =
            expression === undefined
              ? await sandbox.render(template, { ...scope, secrets: marksFor(template) })
              : await sandbox.evaluate(expression, scope);
          const { value, isCut } = cutValue(whole);
          return { ok: true, hasValue: whole !== undefined, value, type: typeOf(whole), isCut };
        } catch (error) {
          return toFault(error);
        }
      }),
  };
}
