/**
 * What can be wrong inside one step: its settings by the validators of its kind, its expressions and templates by the
 * parser, its secrets by where they stand. Pure; says where and in plain words.
 */
import type { z } from 'zod';
import { z as zod } from 'zod';
import { checkExpression, checkTemplate } from '../../shared/expression/parse-expression.ts';
import { splitTemplate } from '../../shared/expression/template.ts';
import { templateSecrets } from '../../shared/expression/template-secrets.ts';
import { AppError } from '../../shared/errors.ts';
import { validatorOf } from '../../shared/fields.ts';
import { formatPath, stepPolicyShape } from '../../shared/model/document.ts';
import { type Parameter, webhookConfigSchema } from '../../shared/model/endpoint.ts';
import { resolveAuth } from '../auth/registry.ts';
import type { StepKind } from '../steps/step.ts';
import { configTexts, type ConfigText } from './config-texts.ts';

/** A fault inside a config. `isShape`: the document can not be saved with it, not even as a draft. */
export interface ConfigIssue {
  readonly path: string;
  readonly message: string;
  readonly isShape: boolean;
}

type Config = Readonly<Record<string, unknown>>;

const policySchema = zod.strictObject(stepPolicyShape);
const policyNames: ReadonlySet<string> = new Set(Object.keys(stepPolicyShape));
const validators = new Map<StepKind, z.ZodType>();

/** The validator of a kind's config: its fields and the policies every step has, nothing else. */
function validatorOfKind(kind: StepKind): z.ZodType {
  const known = validators.get(kind);
  if (known !== undefined) return known;
  const { definition } = kind;
  const validator = definition.kind === 'webhook' ? webhookConfigSchema : validatorOf(definition.fields);
  validators.set(kind, validator);
  return validator;
}

/** A value left out or left empty is what drafts are made of; anything else is no such document. */
function isUnfinished(issue: z.core.$ZodIssue, config: Config): boolean {
  if (issue.code === 'too_small') return issue.origin === 'string' || issue.origin === 'array';
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

function issuesOfError(error: z.ZodError, config: Config): readonly ConfigIssue[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: formatPath([...issue.path, key]),
        message: 'This setting is not known.',
        isShape: true,
      }));
    }
    const unfinished = isUnfinished(issue, config);
    const isMissing = unfinished && issue.code === 'invalid_type';
    return [
      {
        path: formatPath(issue.path),
        message: isMissing ? 'This is needed.' : issue.message,
        isShape: !unfinished,
      },
    ];
  });
}

function checkValues(kind: StepKind, config: Config): readonly ConfigIssue[] {
  if (kind.definition.kind === 'webhook') {
    const verdict = webhookConfigSchema.safeParse(config);
    if (!verdict.success) return issuesOfError(verdict.error, config);
    return [...checkAuth(verdict.data.auth), ...checkParameters(verdict.data.parameters ?? [])];
  }
  const entries = Object.entries(config);
  const policies = Object.fromEntries(entries.filter(([name]) => policyNames.has(name)));
  const own = Object.fromEntries(entries.filter(([name]) => !policyNames.has(name)));
  const verdicts = [policySchema.safeParse(policies), validatorOfKind(kind).safeParse(own)];
  const issues = verdicts.flatMap((verdict) => (verdict.success ? [] : issuesOfError(verdict.error, config)));
  if (issues.length > 0) return issues;
  return (kind.check?.(config) ?? []).map((fault) => ({ isShape: false, ...fault }));
}

function checkAuth(auth: Parameters<typeof resolveAuth>[0] | undefined): readonly ConfigIssue[] {
  if (auth === undefined) return [];
  try {
    resolveAuth(auth);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const { issues } = thrown.details;
    const list: readonly unknown[] = Array.isArray(issues) ? issues : [];
    return list.map((issue) => {
      const path = valueAt(issue, ['path']);
      const message = valueAt(issue, ['message']);
      return {
        path: typeof path === 'string' && path !== '' ? `auth.${path}` : 'auth',
        message: typeof message === 'string' ? message : thrown.message,
        isShape: valueAt(issue, ['isUnfinished']) !== true,
      };
    });
  }
}

/** Names that are there twice, and paths into the body that are no JSONata (SPEC 6, 7). */
function checkParameters(parameters: readonly Parameter[]): readonly ConfigIssue[] {
  return parameters.flatMap((parameter, index) => {
    const place = `parameters[${index}]`;
    const isTwice = parameters.findIndex((one) => one.name === parameter.name) < index;
    const twice = { path: `${place}.name`, message: 'Another parameter has this name.', isShape: false };
    if (parameter.in !== 'body' || parameter.path === undefined) return isTwice ? [twice] : [];
    const text = {
      path: [place, 'path'],
      text: parameter.path,
      kind: 'expression',
      allowsSecrets: false,
    } as const;
    const fault = checkText(text).map((issue) => ({ ...issue, path: `${place}.path` }));
    return [...(isTwice ? [twice] : []), ...fault];
  });
}

/** Names a secret otherwise than alone between its braces: such a place would stay empty. */
function misusesSecrets(text: ConfigText): boolean {
  const expressions =
    text.kind === 'expression'
      ? [text.text]
      : splitTemplate(text.text).flatMap((part) => (part.kind === 'expression' ? [part.expression] : []));
  return expressions.some((expression) => {
    if (!/\bsecrets\s*\./.test(expression)) return false;
    const isAlone = templateSecrets(`{{${expression}}}`).length > 0;
    return !isAlone || !text.allowsSecrets;
  });
}

function checkText(text: ConfigText): readonly ConfigIssue[] {
  const path = formatPath(text.path);
  // Empty ones are either allowed or already told as missing.
  if (text.text.trim() === '') return [];
  const verdict = text.kind === 'expression' ? checkExpression(text.text) : checkTemplate(text.text);
  if (!verdict.ok) {
    return [{ path, message: `${verdict.reason} (at character ${verdict.position}).`, isShape: false }];
  }
  if (!misusesSecrets(text)) return [];
  const message = text.allowsSecrets
    ? 'A secret stands alone in its braces, e.g. {{secrets.NAME}}.'
    : 'Secrets can only be used in the fields of steps that send something out.';
  return [{ path, message, isShape: false }];
}

/** Every fault of one step's config. */
export function checkConfig(kind: StepKind, config: Config): readonly ConfigIssue[] {
  return [...checkValues(kind, config), ...configTexts(kind.definition.kind, config).flatMap(checkText)];
}
