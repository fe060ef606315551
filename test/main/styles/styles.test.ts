import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { methodsOf, styleOf, styleRegistry } from '../../../src/main/styles/registry.ts';
import type { StylePlace } from '../../../src/main/styles/style.ts';
import { resolveAuth } from '../../../src/main/auth/registry.ts';
import { styleSchema } from '../../../src/shared/model/endpoint.ts';

const place: StylePlace = {
  endpointId: 'ep_1',
  workflowId: 'wf_1',
  workflowSlug: 'order-intake',
  nodeId: 'hook',
  project: 'default',
};
const shared: StylePlace = {
  endpointId: 'ep_2',
  workflowId: null,
  workflowSlug: null,
  nodeId: null,
  project: 'My App',
  name: 'Order Intake [EU]',
};

describe('the registry', () => {
  it('has one behaviour for each of the six styles, with an auth that exists', () => {
    expect(styleRegistry.map((style) => style.definition.style).toSorted()).toEqual(
      [...styleSchema.options].toSorted(),
    );
    for (const style of styleRegistry) expect(resolveAuth(style.definition.defaultAuth).scheme).toBeDefined();
  });

  it('gives the methods of the style until the endpoint sets its own', () => {
    expect(methodsOf({ style: 'native' })).toEqual(['POST']);
    expect(methodsOf({ style: 'hap' })).toEqual(['GET', 'POST']);
    expect(methodsOf({ style: 'hap', methods: ['PUT'] })).toEqual(['PUT']);
  });
});

describe('URLs', () => {
  it.each([
    ['native', '/hooks/order-intake', '/hooks/order-intake-eu'],
    ['metal', '/webhooks/workflows/order-intake', '/webhooks/workflows/order-intake-eu'],
    ['validmind', '/vm/api/v1/webhooks/ep_1/hook', '/vm/api/v1/webhooks/ep_2/shared'],
    [
      'flowx',
      '/webhooks/incoming/local/default/default/ep_1',
      '/webhooks/incoming/local/default/my-app/ep_2',
    ],
    ['hap', '/workflow/hooks/ep_1', '/workflow/hooks/ep_2'],
    ['flowtrux', '/api/webhooks/wf_1', '/api/webhooks/ep_2'],
  ] as const)('of %s', (style, dedicated, ofShared) => {
    expect(styleOf(style).path(place)).toBe(dedicated);
    expect(styleOf(style).path(shared)).toBe(ofShared);
  });

  it('name the node when it is a further one of its workflow', () => {
    const further = { ...place, nodeId: 'second', isFurther: true };
    expect(styleOf('native').path(further)).toBe('/hooks/order-intake-second');
    expect(styleOf('metal').path(further)).toBe('/webhooks/workflows/order-intake-second');
    expect(styleOf('flowtrux').path(further)).toBe('/api/webhooks/wf_1-second');
  });

  it('carry the slug of the endpoint where it has one', () => {
    for (const isFurther of [false, true]) {
      const own = { ...place, slug: 'my-own', isFurther };
      expect(styleOf('native').path(own)).toBe('/hooks/my-own');
      expect(styleOf('metal').path(own)).toBe('/webhooks/workflows/my-own');
    }
    expect(styleOf('native').path({ ...shared, slug: 'my-own' })).toBe('/hooks/my-own');
  });

  it('never need escaping and never differ from what a client sends', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, project) => {
        for (const style of styleRegistry) {
          const path = style.path({ ...shared, name, project });
          expect(new URL(path, 'http://localhost').pathname).toBe(path);
        }
      }),
    );
  });
});

describe('what a request asks for', () => {
  it('is a start at a start node and a correlated resume at a waiting one', () => {
    for (const style of ['native', 'metal', 'flowx', 'hap', 'flowtrux'] as const) {
      expect(styleOf(style).intent({ action: 'run_step' }, 'start')).toEqual({ kind: 'start', target: null });
      expect(styleOf(style).intent(null, 'wait')).toEqual({ kind: 'byCorrelation' });
    }
  });

  it('is said by the action in validmind', () => {
    const body = { target: 'rec_1', entity_name: 'InventoryModel' };
    const target = { entity: 'InventoryModel', cuid: 'rec_1' };
    const { intent } = styleOf('validmind');
    for (const role of ['start', 'wait'] as const) {
      expect(intent({ ...body, action: 'run_workflow' }, role)).toEqual({ kind: 'start', target });
      expect(intent({ ...body, action: 'run_step' }, role)).toEqual({ kind: 'resume', target });
    }
  });

  it.each([
    [{ action: 'delete_all', target: 'a', entity_name: 'b' }, 'unknown_action', undefined],
    [{ action: 7, target: 'a', entity_name: 'b' }, 'unknown_action', undefined],
    [{ action: 'constructor' }, 'unknown_action', undefined],
    [{}, 'missing_parameter', ['action', 'target', 'entity_name']],
    [{ action: 'run_workflow', entity_name: 'b' }, 'missing_parameter', ['target']],
    [{ action: 'run_workflow', target: '', entity_name: 'b' }, 'missing_parameter', ['target']],
    [{ action: 'run_step', target: 'a' }, 'missing_parameter', ['entity_name']],
    [{ action: 'run_step', target: 5, entity_name: null }, 'missing_parameter', ['target', 'entity_name']],
    [{ target: 'a', entity_name: 'b' }, 'missing_parameter', ['action']],
    [[], 'missing_parameter', ['action', 'target', 'entity_name']],
    ['run_workflow', 'missing_parameter', ['action', 'target', 'entity_name']],
    [null, 'missing_parameter', ['action', 'target', 'entity_name']],
    [
      JSON.parse('{"__proto__":{"action":"run_step","target":"a","entity_name":"b"}}'),
      'missing_parameter',
      ['action', 'target', 'entity_name'],
    ],
  ])('is refused in validmind: %j', (payload, code, missing) => {
    const ask = () => styleOf('validmind').intent(payload, 'start');
    expect(ask).toThrow(expect.objectContaining({ code, status: 400 }));
    if (missing) expect(ask).toThrow(expect.objectContaining({ details: { missing } }));
  });
});

describe('samples', () => {
  it('are understood by their own style', () => {
    for (const { definition, intent, sampleRequest } of styleRegistry) {
      for (const role of ['start', 'wait'] as const) {
        const sample = sampleRequest({ role, target: { entity: 'InventoryModel', cuid: 'rec_1' } });
        expect(definition.methods).toContain(sample.method);
        const asked = intent(JSON.parse(sample.body), role);
        expect(asked.kind).toBe(
          role === 'start' ? 'start' : definition.style === 'validmind' ? 'resume' : 'byCorrelation',
        );
      }
    }
  });
});
