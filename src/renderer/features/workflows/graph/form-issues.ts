/**
 * Faults of a step's form that would keep the draft from being stored at all: wrong types and ranges. What is merely
 * missing is allowed in a draft and shows as a problem of the step.
 */
import { z } from 'zod';
import { validatorOf } from '../../../../shared/fields.ts';
import type { StepDefinition } from '../../../../shared/model/catalog.ts';
import { formatPath, stepPolicyShape } from '../../../../shared/model/document.ts';
import { webhookConfigSchema } from '../../../../shared/model/endpoint.ts';

export interface FormIssue {
  /** Path inside the config, e.g. `auth.header`. */
  readonly path: string;
  readonly message: string;
}

type Config = Readonly<Record<string, unknown>>;

const policyNames: ReadonlySet<string> = new Set(Object.keys(stepPolicyShape));
const policies = z.strictObject(stepPolicyShape);

/** The faults of a config that can not be saved. */
export function formIssues(definition: StepDefinition, config: Config): readonly FormIssue[] {
  if (definition.kind === 'webhook') return issuesOf(webhookConfigSchema, config);
  const entries = Object.entries(config);
  const own = Object.fromEntries(entries.filter(([name]) => !policyNames.has(name)));
  const policy = Object.fromEntries(entries.filter(([name]) => policyNames.has(name)));
  return [...issuesOf(validatorOf(definition.fields), own), ...issuesOf(policies, policy)];
}

function issuesOf(schema: z.ZodType, value: Config): readonly FormIssue[] {
  const verdict = schema.safeParse(value);
  if (verdict.success) return [];
  return verdict.error.issues
    .filter((issue) => !isUnfinished(issue, value))
    .map((issue) => ({ path: formatPath(issue.path), message: issue.message }));
}

function isUnfinished(issue: z.core.$ZodIssue, config: Config): boolean {
  if (issue.code === 'too_small') return true;
  return issue.code === 'invalid_type' && valueAt(config, issue.path) === undefined;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (holder, key) =>
      typeof holder === 'object' && holder !== null
        ? Object.getOwnPropertyDescriptor(holder, key)?.value
        : undefined,
    value,
  );
}
