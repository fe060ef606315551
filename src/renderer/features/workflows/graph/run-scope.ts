/**
 * What expressions would see, out of the last run: for completion and for the value shown below a field. Only plain
 * paths are evaluated here; everything else could freeze the page and is left to the run.
 */
import { evaluatePlainPath, parsePlainPath } from '../../../../shared/expression/plain-path.ts';
import type { ExpressionScope } from '../../../../shared/expression/scope.ts';
import { splitTemplate, textOf } from '../../../../shared/expression/template.ts';
import type { RunView } from '../../../../shared/contract/views.ts';

type Values = Readonly<Record<string, unknown>>;

/** The scope of a step that follows all steps of this run (SPEC 7). */
export function scopeOfRun(run: RunView): ExpressionScope {
  const outputs = run.steps.filter((step) => step.output !== null && step.output !== undefined);
  const steps = Object.fromEntries(
    outputs.flatMap((step) => [
      [step.name, { output: step.output }],
      [step.nodeId, { output: step.output }],
    ]),
  );
  const start = outputs.find((step) => step.nodeId === run.startNodeId)?.output;
  const received = isValues(start) && 'payload' in start ? start : null;
  const payload = received === null ? run.input : received['payload'];
  const query = received !== null && isValues(received['query']) ? received['query'] : {};
  const params = received !== null && isValues(received['params']) ? received['params'] : {};
  return {
    trigger: {
      data: isValues(payload) && !Object.hasOwn(payload, '_query') ? { ...payload, _query: query } : payload,
      payload,
      ...(received === null ? {} : received),
    },
    params,
    steps,
    run: { id: run.id, workflowId: run.workflowId },
  };
}

export type Preview =
  | { readonly kind: 'value'; readonly text: string }
  /** The path leads nowhere in the last run. */
  | { readonly kind: 'nothing' }
  /** More than plain paths: only a run tells. */
  | { readonly kind: 'unknown' };

const longestPreview = 300;

/** The value an expression or template would have had in the last run. Never throws. */
export function previewOf(text: string, mode: 'expression' | 'template', scope: ExpressionScope): Preview {
  try {
    const parts =
      mode === 'template' ? splitTemplate(text) : [{ kind: 'expression' as const, expression: text.trim() }];
    if (!parts.some((part) => part.kind === 'expression')) return { kind: 'unknown' };
    const values: unknown[] = [];
    for (const part of parts) {
      if (part.kind === 'text') values.push(part.text);
      else {
        const path = parsePlainPath(part.expression);
        if (path === undefined || path[0]?.name === 'secrets') return { kind: 'unknown' };
        values.push(evaluatePlainPath(path, scope));
      }
    }
    if (values.length === 1) return showValue(values[0]);
    return { kind: 'value', text: shorten(values.map(textOf).join('')) };
  } catch {
    return { kind: 'unknown' };
  }
}

function showValue(value: unknown): Preview {
  if (value === undefined) return { kind: 'nothing' };
  return { kind: 'value', text: shorten(JSON.stringify(value) ?? '') };
}

function shorten(text: string): string {
  return text.length > longestPreview ? `${text.slice(0, longestPreview - 1)}…` : text;
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
