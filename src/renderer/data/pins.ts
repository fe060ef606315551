/** Outputs pinned to the steps of a workflow: what test runs take instead of doing them. */
import { call } from './connection.ts';
import { defineMirror } from './mirror.ts';

/** Outputs by node id. */
export type Pins = Readonly<Record<string, unknown>>;

export const pinsMirror = defineMirror<string, Pins>({
  topics: ['workflows'],
  about: (id) => ({ topic: 'workflows', id }),
  read: (client, id, signal) => client.pins.get({ id }, { signal }),
});

/** Pins these and no others. */
export const setPins = (id: string, pins: Pins): Promise<Pins> =>
  call((client) => client.pins.set({ params: { id }, body: { ...pins } }));
