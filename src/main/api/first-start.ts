/**
 * First start of a data folder: a sample workflow that is live, one record, and a file with the curl line that makes the
 * sample run, for whoever has just opened the app (UI, Frame). A folder that was ever used is left alone.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { documentSchema } from '../../shared/model/document.ts';
import { localOrigin } from '../base/addresses.ts';
import { newId } from '../base/ids.ts';
import { shellWord } from './shell-words.ts';
import { makeSampleCall } from './sample-call.ts';
import type { ApiParts } from './parts.ts';
import { createWorkflow, requireWorkflow, switchWorkflow } from './workflow-saving.ts';

const settingKey = 'seeded';
const sampleFile = 'order-intake.json';
/** Name of the file with the curl line, in the data folder. */
const curlFile = 'sample-curl.txt';

/** Fills an empty folder; does nothing in any other. */
export async function seedFirstStart(parts: ApiParts, samplesDir: URL): Promise<void> {
  const { store, clock } = parts;
  const isUsed = store.read.workflows.list({ limit: 1 }).items.length > 0;
  if (isUsed || store.read.settings.get(settingKey) !== undefined) return;
  const sample = documentSchema.parse(JSON.parse(await readFile(new URL(sampleFile, samplesDir), 'utf8')));
  const row = await createWorkflow(parts, sample);
  const at = clock.now();
  const { version } = await store.write('commitVersion', { id: row.id, note: 'Sample', at });
  await switchWorkflow(parts, requireWorkflow(parts, row.id), version);
  if (store.read.records.entity('InventoryModel')?.count === 0) {
    await store.write('insertRecord', {
      entity: 'InventoryModel',
      cuid: newId('rec'),
      data: { name: 'Sample model', description: 'A record workflows can run for.', status: 'In validation' },
      at,
    });
  }
  await store.write('setSetting', { key: settingKey, value: at });
}

/** Writes the curl line of the sample, as it works with the present port and key; for this user's eyes only. */
export async function writeSampleCurl(parts: ApiParts): Promise<void> {
  const { store, control, dataDir, logger } = parts;
  const endpoint = store.read.endpoints.byPath('/hooks/order-intake');
  if (endpoint?.workflowId == null) return;
  const { host, port } = control.listening();
  try {
    const call = makeSampleCall(parts, { endpoint, origin: localOrigin(host, port) });
    const words = [
      `curl -X ${call.method} ${shellWord(call.url)}`,
      ...Object.entries(call.headers).map(([name, value]) => `-H ${shellWord(`${name}: ${value}`)}`),
      `--data-raw ${shellWord(call.body)}`,
    ];
    await writeFile(join(dataDir, curlFile), `${words.join(' ')}\n`, { mode: 0o600 });
  } catch (error) {
    logger.warn({ err: error }, 'the curl line of the sample could not be written');
  }
}
