/** What every step kind owes: a definition that is plain data and says what it does. */
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { indexSteps, stepRegistry } from '../../../src/main/steps/registry.ts';
import { validatorOf } from '../../../src/shared/fields.ts';
import { stepGroups } from '../../../src/shared/model/catalog.ts';

const icons = createRequire(import.meta.url).resolve('@tabler/icons-react');

describe.each(stepRegistry.map((kind) => [kind.definition.kind, kind] as const))(
  'the step kind %s',
  (_name, kind) => {
    const { definition } = kind;

    it('survives JSON', () => {
      expect(JSON.parse(JSON.stringify(definition))).toEqual(definition);
    });

    it('has a title, a sentence, a known group and an icon there is', async () => {
      expect(definition.title).toMatch(/^[A-Z]/);
      expect(definition.description).toMatch(/\.$/);
      expect(stepGroups).toContain(definition.group);
      const all: Record<string, unknown> = await import(icons);
      expect(Object.keys(all)).toContain(`Icon${definition.icon}`);
    });

    it('speaks in its summary of fields it has', () => {
      const names = definition.fields.map((field) => field.name);
      for (const [, slot] of definition.summary.matchAll(/\{(\w+)\}/g)) expect(names).toContain(slot);
    });

    it('refuses settings it does not know', () => {
      expect(validatorOf(definition.fields).safeParse({ surprise: 1 }).success).toBe(false);
    });
  },
);

describe('the registry', () => {
  it('refuses two kinds of one name', () => {
    const [first] = stepRegistry;
    expect(() => indexSteps(first === undefined ? [] : [first, first])).toThrow(/Two step kinds/);
  });

  it('holds every kind of SPEC 8', () => {
    expect([...indexSteps(stepRegistry).keys()].toSorted()).toEqual([
      'api',
      'approval',
      'code',
      'condition',
      'delay',
      'email',
      'fail',
      'http',
      'join',
      'log',
      'loop',
      'manual',
      'notify',
      'record.create',
      'record.delete',
      'record.find',
      'record.update',
      'record.upsert',
      'respond',
      'schedule',
      'set',
      'switch',
      'transform',
      'webhook',
      'workflow',
    ]);
  });
});
