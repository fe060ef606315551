/** What the pages on approvals, schedules and called workflows show is taken by the program. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { checkConfig } from '../../../src/main/engine/check-config.ts';
import { findStep } from '../../../src/main/engine/kinds.ts';
import { checkCronRule } from '../../../src/main/steps/schedule/cron.ts';

const docs = resolve(import.meta.dirname, '../../../resources/docs');
const nodeSchema = z.object({ type: z.string(), config: z.record(z.string(), z.unknown()) });

it.each(['approvals.md', 'schedules.md'])('%s shows steps the program takes', (page) => {
  const text = readFileSync(join(docs, page), 'utf8');
  const blocks = [...text.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  expect(blocks.length).toBeGreaterThan(0);
  for (const block of blocks) {
    const { type, config } = nodeSchema.parse(JSON.parse(block));
    const kind = findStep(type);
    expect(kind === undefined ? type : checkConfig(kind, config)).toEqual([]);
  }
});

it('schedules.md shows patterns that come', () => {
  const text = readFileSync(join(docs, 'schedules.md'), 'utf8');
  const patterns = [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cron = '']) => cron);
  expect(patterns).toHaveLength(4);
  for (const cron of patterns) expect(checkCronRule({ cron, timeZone: '' })).toEqual([]);
});
