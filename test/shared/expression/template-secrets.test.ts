import { describe, expect, it } from 'vitest';
import { templateSecrets } from '../../../src/shared/expression/template-secrets.ts';

describe('templateSecrets', () => {
  it('lists each secret a template names, at any depth, once', () => {
    const template = {
      url: 'https://example.test/{{trigger.data.id}}',
      headers: { authorization: 'Bearer {{ secrets.API_KEY }}', 'x-other': '{{secrets.`odd name`}}' },
      body: [{ key: '{{secrets.API_KEY}}' }, 5, null],
    };
    expect(templateSecrets(template)).toEqual(['API_KEY', 'odd name']);
  });

  it.each([
    '{{ secrets }}',
    '{{ secrets.A.b }}',
    '{{ secrets.A & "x" }}',
    '{{ secrets[0].A }}',
    '{{ a.secrets.B }}',
    'secrets.A',
  ])('lists nothing for %s', (template) => {
    expect(templateSecrets(template)).toEqual([]);
  });
});
