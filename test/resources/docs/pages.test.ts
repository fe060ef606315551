/** What the task pages say can be checked against the program: codes, settings, senders, links. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { providerRegistry } from '../../../src/main/auth/providers/registry.ts';
import { errorTable, isErrorCode } from '../../../src/shared/errors.ts';
import { webhookConfigSchema } from '../../../src/shared/model/endpoint.ts';

const docs = resolve(import.meta.dirname, '../../../resources/docs');
const pages = globSync('**/*.md', { cwd: docs });
const read = (page: string): string => readFileSync(join(docs, page), 'utf8');

describe('the pages', () => {
  it('link to one another only where there is a page', () => {
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)#:]+)\)/g)]
        .map(([, target = '']) => ({ page, target }))
        .filter(({ target }) => !existsSync(join(docs, dirname(page), target))),
    );
    expect(broken).toEqual([]);
  });

  it.each(['waits.md', 'dedupe.md', 'handshakes.md'])('%s shows settings the program takes', (page) => {
    const blocks = [...read(page).matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) {
      const shown = z.looseObject({ config: z.unknown().optional() }).parse(JSON.parse(block));
      expect(webhookConfigSchema.safeParse(shown.config ?? shown).error?.issues ?? []).toEqual([]);
    }
  });
});

describe('the page of a request’s way', () => {
  const table = /\| 1 \|[\s\S]*?\n\n/.exec(read('receiver.md'))?.[0] ?? '';
  const named = new Set(
    [...table.matchAll(/`([a-z]+(?:_[a-z]+)*)`/g)].map(([, code = '']) => code).filter(isErrorCode),
  );

  it('names every code a caller can be refused with before there is a run', () => {
    const afterwards = new Set(['run_timeout', 'run_failed', 'no_response']);
    const refusals = Object.entries(errorTable)
      .filter(([code, { kind }]) => kind === 'refusal' && !afterwards.has(code))
      .map(([code]) => code);
    expect(refusals.filter((code) => isErrorCode(code) && !named.has(code))).toEqual([]);
  });

  it('puts the status of the program before each code', () => {
    for (const row of table.split('\n')) {
      for (const [, status, codes = ''] of row.matchAll(/(\d{3}) ((?:`[a-z_]+`(?:, )?)+)/g)) {
        for (const [, code = ''] of codes.matchAll(/`([a-z_]+)`/g)) {
          expect({ code, status: isErrorCode(code) ? errorTable[code].status : 0 }).toEqual({
            code,
            status: Number(status),
          });
        }
      }
    }
  });
});

describe('the page of handshakes', () => {
  it('has every sender with a handshake, and no other', () => {
    const rows = [...read('handshakes.md').matchAll(/^\| ([A-Z][^|]*) \| (?!asks)/gm)].map(
      ([, sender = '']) => sender,
    );
    const asking = providerRegistry.filter(({ definition }) => definition.handshake !== null);
    expect(rows).toEqual(asking.map(({ definition }) => definition.title).toSorted());
  });
});
