import { describe, expect, it } from 'vitest';
import { openSandbox, failureOf } from './open-sandbox.ts';

const scope = {
  trigger: { data: { name: 'Ann', amount: 150, tags: ['a', 'b'], note: '{{ secrets.KEY }} {{ 1 + 1 }}' } },
  params: { count: 3 },
};

describe('render', () => {
  it('keeps the type of a string that is only one expression', async () => {
    const sandbox = openSandbox();
    expect(await sandbox.render('{{ trigger.data.amount }}', scope)).toBe(150);
    expect(await sandbox.render(' {{ trigger.data.tags }}\n', scope)).toEqual(['a', 'b']);
    expect(await sandbox.render('{{ trigger.data.amount > 100 }}', scope)).toBe(true);
    expect(await sandbox.render('{{ missing }}', scope)).toBeUndefined();
  });

  it('joins text: strings as they are, no value as nothing, the rest as JSON', async () => {
    const sandbox = openSandbox();
    const template =
      'Hi {{ trigger.data.name }}{{ missing }}, {{ trigger.data.tags }} {{ params.count * 2 }}!';
    expect(await sandbox.render(template, scope)).toBe('Hi Ann, ["a","b"] 6!');
  });

  it('fills lists and objects at any depth and leaves everything else alone', async () => {
    const sandbox = openSandbox();
    const template = {
      '{{ not.a.template }}': 1,
      deep: [
        { total: '{{ params.count + 1 }}', none: '{{ missing }}' },
        '{{ missing }}',
        null,
        true,
        'plain }}',
      ],
    };
    expect(await sandbox.render(template, scope)).toEqual({
      '{{ not.a.template }}': 1,
      deep: [{ total: 4 }, null, null, true, 'plain }}'],
    });
    expect(template.deep[1]).toBe('{{ missing }}');
  });

  it('expands once: what a sender wrote is never read as a template', async () => {
    const sandbox = openSandbox();
    const secret = { ...scope, secrets: { KEY: 'hidden' } };
    const note = scope.trigger.data.note;
    expect(await sandbox.render('{{ trigger.data.note }}', secret)).toBe(note);
    expect(await sandbox.render('Note: {{ trigger.data.note }}', secret)).toBe(`Note: ${note}`);
    expect(await sandbox.render({ a: ['{{ "" & trigger.data.note }}'] }, secret)).toEqual({ a: [note] });
    expect(await sandbox.render('Bearer {{ secrets.KEY }}', secret)).toBe('Bearer hidden');
  });

  it('makes no prototype of a key named __proto__', async () => {
    const sandbox = openSandbox();
    const template = JSON.parse('{"__proto__": {"polluted": "{{ params.count }}"}}') as unknown;
    expect(JSON.stringify(await sandbox.render(template, scope))).toBe('{"__proto__":{"polluted":3}}');
  });

  it('tells the place of a bad expression: the keys to its string and the position in it', async () => {
    const sandbox = openSandbox();
    const invalid = await failureOf(sandbox.render({ headers: ['ok', 'x {{ 1 + }}'] }, scope));
    expect(invalid).toMatchObject({
      code: 'expression_invalid',
      details: { path: 'headers.1', position: 8 },
    });
    const failed = await failureOf(sandbox.render({ body: 'x {{ "a" + 1 }}' }, scope));
    expect(failed).toMatchObject({ code: 'expression_failed', details: { path: 'body', position: 10 } });
    const open = await failureOf(sandbox.render({ body: 'x {{ a' }, scope));
    expect(open).toMatchObject({ code: 'expression_invalid', details: { path: 'body', position: 2 } });
  });

  it('refuses to multiply a large value into more text than the largest body', async () => {
    const sandbox = openSandbox();
    const large = { data: 'x'.repeat(1024 * 1024) };
    const template = '{{ data }}.'.repeat(40);
    expect(await failureOf(sandbox.render(template, large))).toMatchObject({ code: 'sandbox_limit' });
  });
});

describe('renderNow', () => {
  it('fills a template at once when its expressions are plain paths', () => {
    const sandbox = openSandbox();
    const template = { a: '{{ trigger.data.amount }}', b: ['Hi {{ trigger.data.name }}'] };
    expect(sandbox.renderNow(template, scope)).toEqual({ value: { a: 150, b: ['Hi Ann'] } });
    expect(sandbox.renderNow('{{ missing }}', scope)).toEqual({ value: undefined });
    expect(sandbox.renderNow({ a: '{{ params.count + 1 }}' }, scope)).toBeUndefined();
    expect(() => sandbox.renderNow({ a: '{{ 1 + }}' }, scope)).toThrow(
      expect.objectContaining({ code: 'expression_invalid' }),
    );
  });
});
