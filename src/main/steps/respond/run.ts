/** Respond: renders the answer for the caller who waits; the engine delivers it after the commit (SPEC 10). */
import { AppError } from '../../../shared/errors.ts';
import { textOf } from '../../../shared/expression/template.ts';
import { formatPath } from '../../../shared/model/document.ts';
import { isHeaderText, replyHeadersSchema } from '../../../shared/model/endpoint.ts';
import type { ConfigFault, StepKind } from '../step.ts';
import { respondDefinition } from './definition.ts';

const sendableSchema = replyHeadersSchema.refine((headers) => Object.values(headers).every(isHeaderText), {
  message: 'a value holds a character that can not stand in a header',
});

function statusOf(value: unknown): number | null {
  if (value === undefined || value === null || value === '') return null;
  const status = typeof value === 'string' ? Number(value) : value;
  if (typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw new AppError({
    code: 'step_failed',
    message: 'The status to answer with is no number from 200 to 599.',
  });
}

function headersOf(value: unknown): Record<string, string> {
  const fields =
    typeof value === 'object' && value !== null
      ? Object.entries(value).filter(([, field]) => field !== null)
      : [];
  // Judged again after rendering: a value from outside could bring a line break (SPEC 10).
  const verdict = sendableSchema.safeParse(
    Object.fromEntries(fields.map(([name, field]) => [name, textOf(field)])),
  );
  if (verdict.success) return verdict.data;
  throw new AppError({
    code: 'step_failed',
    message: `A header to answer with is not allowed: ${verdict.error.issues[0]?.message ?? ''}`,
  });
}

/** Faults of the headers as they are saved; a value with a template is judged once it is rendered. */
function faultsOf(headers: unknown): ConfigFault[] {
  if (typeof headers !== 'object' || headers === null) return [];
  return Object.entries(headers).flatMap(([name, value]) => {
    const text = typeof value === 'string' && !value.includes('{{') ? value : '';
    const verdict = sendableSchema.safeParse({ [name]: text });
    if (verdict.success) return [];
    return [
      { path: formatPath(['headers', name]), message: verdict.error.issues[0]?.message ?? 'not allowed' },
    ];
  });
}

export const respondStep: StepKind = {
  definition: respondDefinition,
  check: ({ headers }) => faultsOf(headers),
  async run({ config, render }) {
    const respond = {
      status: statusOf(await render(config['status'])),
      headers: headersOf(await render(config['headers'] ?? {})),
      body: (await render(config['body'])) ?? null,
    };
    return { respond, output: respond, input: respond };
  },
};
