import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planEndpoints } from '../../../src/main/api/endpoint-plan.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { documentSchema, type WorkflowDocument } from '../../../src/shared/model/document.ts';
import { styleSchema } from '../../../src/shared/model/endpoint.ts';

interface HookInput {
  readonly id: string;
  readonly style: string;
  readonly slug?: string | undefined;
  readonly isWait?: boolean;
}

function documentOf(hooks: readonly HookInput[]): WorkflowDocument {
  return documentSchema.parse({
    name: 'Plan',
    slug: 'plan',
    nodes: [
      { id: 'root', type: 'manual' },
      ...hooks.map(({ id, style, slug }) => ({
        id,
        type: 'webhook',
        config: { style, ...(slug === undefined ? {} : { slug }) },
      })),
    ],
    edges: hooks.filter(({ isWait }) => isWait).map(({ id }) => ({ source: 'root', target: id })),
  });
}

const base = {
  workflowId: 'wf_1',
  slug: 'plan',
  live: undefined,
  known: [],
  isTaken: () => false,
  at: 1,
} as const;

const anyHooks = fc.uniqueArray(
  fc.record({
    id: fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/),
    style: fc.constantFrom(...styleSchema.options),
    isWait: fc.boolean(),
  }),
  { selector: ({ id }) => id, maxLength: 8 },
);

/** URLs somebody else may have. */
const takenPaths = ['/hooks/plan', '/hooks/plan-2', '/hooks/plan-3', '/webhooks/workflows/plan'];

describe('endpoints of a workflow', () => {
  it('have URLs of their own, however many webhooks of whatever style there are', () => {
    fc.assert(
      fc.property(anyHooks, fc.subarray(takenPaths), (hooks, taken) => {
        const rows = planEndpoints({
          ...base,
          draft: documentOf(hooks),
          isTaken: (path) => taken.includes(path),
        });
        expect(rows.map((row) => row.nodeId ?? '').toSorted()).toEqual(hooks.map(({ id }) => id).toSorted());
        expect(new Set(rows.map((row) => row.path)).size).toBe(rows.length);
      }),
    );
  });

  it('keep id and URL through every later save, whatever is added before them', () => {
    fc.assert(
      fc.property(anyHooks, anyHooks, (hooks, added) => {
        const first = planEndpoints({ ...base, draft: documentOf(hooks) });
        const ids = new Set(hooks.map(({ id }) => id));
        const all = [...added.filter(({ id }) => !ids.has(id)), ...hooks];
        const second = planEndpoints({ ...base, draft: documentOf(all), known: first });
        for (const row of first) {
          const later = second.find((one) => one.nodeId === row.nodeId);
          expect([later?.id, later?.path]).toEqual([row.id, row.path]);
        }
      }),
    );
  });

  it('give the plain URL to the start, not to the wait drawn before it', () => {
    const rows = planEndpoints({
      ...base,
      draft: documentOf([
        { id: 'wait', style: 'native', isWait: true },
        { id: 'start', style: 'native' },
      ]),
    });
    expect(Object.fromEntries(rows.map((row) => [row.nodeId, row.path]))).toEqual({
      start: '/hooks/plan',
      wait: '/hooks/plan-wait',
    });
  });

  it('number a URL somebody else has, but refuse one that was chosen', () => {
    const isTaken = (path: string): boolean => path === '/hooks/plan' || path === '/hooks/chosen';
    const [row] = planEndpoints({ ...base, draft: documentOf([{ id: 'a', style: 'native' }]), isTaken });
    expect(row?.path).toBe('/hooks/plan-a');
    const chosen = documentOf([{ id: 'a', style: 'native', slug: 'chosen' }]);
    expect(() => planEndpoints({ ...base, draft: chosen, isTaken })).toThrow(AppError);
  });

  it('keep a numbered URL when the plain one comes free', () => {
    const draft = documentOf([{ id: 'plan', style: 'native' }]);
    const taken = new Set(['/hooks/plan', '/hooks/plan-plan', '/hooks/plan-2']);
    const known = planEndpoints({ ...base, draft, isTaken: (path) => taken.has(path) });
    expect(known[0]?.path).toBe('/hooks/plan-3');
    expect(planEndpoints({ ...base, draft, known })[0]?.path).toBe('/hooks/plan-3');
    // Another slug is another URL.
    expect(planEndpoints({ ...base, slug: 'other', draft, known })[0]?.path).toBe('/hooks/other');
  });

  it('keep what is live at its URL, and take the draft for nodes that are not', () => {
    const live = documentOf([{ id: 'a', style: 'native' }]);
    const known = planEndpoints({ ...base, draft: live, live });
    const draft = documentOf([
      { id: 'a', style: 'metal' },
      { id: 'b', style: 'hap' },
    ]);
    const rows = planEndpoints({ ...base, slug: 'renamed', draft, live, known });
    expect(rows.map((row) => [row.nodeId, row.style])).toEqual([
      ['a', 'native'],
      ['b', 'hap'],
    ]);
    expect(rows[0]?.path).toBe('/hooks/plan');
  });
});
