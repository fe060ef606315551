/** Samples of endpoints and the parameters read out of them (SPEC 6). */
import type { HookyardClient } from '../../shared/contract/index.ts';
import type { SampleView } from '../../shared/contract/samples.ts';
import type { Drift } from '../../shared/model/sample.ts';
import { call } from './connection.ts';
import { defineMirror } from './mirror.ts';

/** The sample of an endpoint; changes by itself when a request is taken as one. */
export const sampleMirror = defineMirror<string, SampleView>({
  topics: ['endpoints', 'requests'],
  read: (client, id, signal) => client.endpoints.sample({ id }, { signal }),
});

/** How a request differs from the sample of its endpoint; null where there is nothing to compare. */
export const driftMirror = defineMirror<string, { readonly drift: Drift | null }>({
  topics: ['endpoints'],
  read: (client, id, signal) => client.requests.drift({ id }, { signal }),
});

type Given = NonNullable<Parameters<HookyardClient['endpoints']['saveSample']>[0]>;

/** Takes the next genuine request as the sample; for three minutes. */
export const listenForSample = (id: string) => call((client) => client.endpoints.listen({ id }));
export const stopListening = (id: string) => call((client) => client.endpoints.stopListening({ id }));
/** Gives a sample; answers it with the parameters read out of it. */
export const saveSample = (given: Given): Promise<SampleView> =>
  call((client) => client.endpoints.saveSample(given));
