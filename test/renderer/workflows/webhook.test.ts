import { expect, test } from 'vitest';
import { credentialFaces, explainAuth } from '../../../src/renderer/features/workflows/webhook/auth-faces.ts';
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
