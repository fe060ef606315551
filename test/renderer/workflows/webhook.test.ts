import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parameterSchema } from '../../../src/shared/model/endpoint.ts';
import { credentialFaces, explainAuth } from '../../../src/renderer/features/workflows/webhook/auth-faces.ts';
import { inferParameters, mergeParameters } from '../../../src/renderer/ui/endpoint/infer-parameters.ts';
import { writePayload } from '../../../src/renderer/features/workflows/webhook/payload.ts';
import { moveUrl } from '../../../src/renderer/features/workflows/webhook/url-base.ts';

const plain = { style: 'flowtrux', isWait: false, target: null, parameters: [] } as const;

test('the payload of ValidMind starts a workflow for the chosen record, or resumes the step that waits', () => {
  expect(JSON.parse(writePayload({ ...plain, style: 'validmind' }))).toEqual({
    action: 'run_workflow',
    target: '<target_cuid>',
    entity_name: 'InventoryModel',
  });
  const waiting = writePayload({ ...plain, style: 'validmind', isWait: true, target: 'cm1' });
  expect(JSON.parse(waiting)).toEqual({
    action: 'run_step',
    target: 'cm1',
    entity_name: 'InventoryModel',
  });
});

test('other payloads are made of the examples of the body parameters, each at its path', () => {
  const parameters = [
    { name: 'id', in: 'body', path: 'order.id', type: 'string', required: true, example: 'A1' },
    { name: 'qty', in: 'body', path: 'order.qty', type: 'number', required: false },
    { name: 'source', in: 'query', type: 'string', required: false },
    { name: 'odd', in: 'body', path: 'lines[0]', type: 'string', required: false },
    { name: 'bad', in: 'body', path: '__proto__.polluted', type: 'string', required: false },
  ] as const;
  expect(JSON.parse(writePayload({ ...plain, parameters }))).toEqual({ order: { id: 'A1', qty: 1 } });
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

test('an example of the body gives valid parameters, whatever its fields are called', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1, maxLength: 50 }), fc.jsonValue()), (example) => {
      for (const parameter of inferParameters(example))
        expect(parameterSchema.safeParse(parameter).success).toBe(true);
    }),
  );
});

test('types are read off the example, dates by their looks', () => {
  const types = inferParameters({
    a: 'x',
    b: 1,
    c: true,
    d: '2026-03-23T15:30:00Z',
    e: {},
    f: [],
    g: null,
  }).map((parameter) => parameter.type);
  expect(types).toEqual(['string', 'number', 'boolean', 'date', 'object', 'array', 'string']);
});

test('reading an example again keeps what was set for a parameter', () => {
  const present = inferParameters({ a: 1 }).map((parameter) => ({ ...parameter, required: true }));
  const merged = mergeParameters(present, inferParameters({ a: 2, b: 3 }));
  expect(merged.map(({ name, required }) => [name, required])).toEqual([
    ['a', true],
    ['b', false],
  ]);
});

test('credentials go by the names callers know', () => {
  const labels = (auth: Parameters<typeof credentialFaces>[0]) =>
    credentialFaces(auth, []).map((face) => face.label);
  expect(labels({ scheme: 'keyPair' })).toEqual(['x-api-key', 'x-api-secret']);
  expect(labels({ scheme: 'keyPair', keyHeader: 'k', secretHeader: 's' })).toEqual(['k', 's']);
  expect(labels({ scheme: 'apiKey', name: 'flowxApiKey', in: 'query' })).toEqual(['flowxApiKey']);
  expect(explainAuth({ scheme: 'hmac', header: 'X-Sig' })).toContain('HMAC-SHA-256 of the raw body');
});

test('a URL led to another place keeps its path and query', () => {
  expect(moveUrl('http://127.0.0.1:4665/hooks/a?k=1', 'https://hooks.example.com/')).toBe(
    'https://hooks.example.com/hooks/a?k=1',
  );
  expect(moveUrl('http://127.0.0.1:4665/a', null)).toBe('http://127.0.0.1:4665/a');
});
