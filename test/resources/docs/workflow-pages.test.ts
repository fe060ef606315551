/** What the pages on versions, files and expressions show is what the program takes and gives. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importReviewSchema } from '../../../src/shared/contract/workflow-files.ts';
import { errorTable, isErrorCode } from '../../../src/shared/errors.ts';
import { documentDiffSchema } from '../../../src/shared/model/diff.ts';
import { singleFileSchema } from '../../../src/shared/model/workflow-file.ts';

const docs = resolve(import.meta.dirname, '../../../resources/docs');
const read = (page: string): string => readFileSync(join(docs, page), 'utf8');
const blocks = (page: string): unknown[] =>
  [...read(page).matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text = '']) => JSON.parse(text));

describe('the pages on workflows', () => {
  it('show a diff as it is given', () => {
    expect(documentDiffSchema.safeParse(blocks('versions.md')[0]).error).toBeUndefined();
  });

  it('show a file as it is written, and name each part of a review', () => {
    expect(singleFileSchema.safeParse(blocks('import-export.md')[0]).error).toBeUndefined();
    const told = [...read('import-export.md').matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, names = '']) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
    );
    expect(told.filter((name) => !Object.hasOwn(importReviewSchema.shape, name))).toEqual([]);
    expect(told).toContain('privateHosts');
  });

  it('name every code an expression can fail with', () => {
    const named = [...read('expressions.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, code = '']) => code);
    const codes = Object.keys(errorTable).filter((code) => /^expression_|^sandbox_/.test(code));
    expect(named.filter(isErrorCode).toSorted()).toEqual(codes.toSorted());
  });
});
