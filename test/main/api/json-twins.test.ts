/** Equal keys are found wherever they stand, and nowhere else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readImportBytes, readWorkflowFile } from '../../../src/main/api/import-file.ts';
import { findTwin } from '../../../src/main/api/json-twins.ts';
import { AppError } from '../../../src/shared/errors.ts';

const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
const spaced = fc
  .tuple(json, fc.constantFrom(0, 1, 4))
  .map(([value, space]) => JSON.stringify(value, null, space));

describe('findTwin', () => {
  it('finds none in what was written as JSON, whatever its texts hold', () => {
    fc.assert(
      fc.property(spaced, (text) => {
        expect(findTwin(text)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, (string | number)[]]>([
    ['{"a":1,"a":2}', ['a']],
    ['{"a":1,"\\u0061":2}', ['a']],
    ['{"x":[{"b":"}"},{"c":{"d":1, "e":[{}], "d":2}}]}', ['x', 1, 'c', 'd']],
    ['[[],[1,{"k":"k","k":"k"}]]', [1, 1, 'k']],
    ['{"":1,"":2}', ['']],
  ])('names the place in %s', (text, path) => {
    expect(findTwin(text)).toEqual(path);
  });
});

describe('readWorkflowFile', () => {
  it('answers any value with documents or a refusal that says where, and never changes a prototype', () => {
    const keys = [
      'format',
      'version',
      'workflow',
      'workflows',
      'nodes',
      'edges',
      'name',
      '__proto__',
      'secrets',
    ];
    const value = fc.dictionary(fc.constantFrom(...keys), fc.oneof(json, fc.constant('hookyard.workflow')));
    fc.assert(
      fc.property(value, (given) => {
        try {
          const file = readWorkflowFile(readImportBytes(Buffer.from(JSON.stringify(given))));
          expect(file.entries.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          if (error instanceof AppError) expect(error.code).toBe('invalid');
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});
