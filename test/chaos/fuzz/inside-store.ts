/**
 * A store that is asked to admit and to capture millions of times and does so once in a thousand: reads, and writes of any
 * other kind, are the real ones. Everything up to the write is done for each request.
 */
import type {
  LazyOperationName,
  OperationInput,
  OperationName,
  OperationOutput,
} from '../../../src/main/store/operations.ts';
import type { Store } from '../../../src/main/store/open-store.ts';

/** One write in so many is done. */
const share = 1_000;

/** The same store, sparing the disk. */
export function sparing(store: Store): Store {
  let asked = 0;
  const isSpared = (): boolean => (asked += 1) % share !== 0;

  function write(name: OperationName, input: OperationInput<OperationName>): Promise<unknown> {
    return isAdmission(name, input) && isSpared()
      ? Promise.resolve(outcomeOf(input))
      : store.write(name, input);
  }
  function writeLazy(name: LazyOperationName, input: OperationInput<LazyOperationName>): void {
    if (!isSpared()) store.writeLazy(name, input);
  }
  const base: Store = {
    ...store,
    get configVersion() {
      return store.configVersion;
    },
  };
  return Object.assign(base, { write, writeLazy });
}

type Admission = OperationInput<'admit'>;

function isAdmission(name: OperationName, input: unknown): input is Admission {
  return name === 'admit' && input !== undefined;
}

/** What a store answers to which every delivery is new. */
function outcomeOf({ runs }: Admission): OperationOutput<'admit'> {
  if (runs.length === 0) return { kind: 'no_waiting_step', seq: 1 };
  return { kind: 'started', seq: 1, runIds: runs.map(({ id }) => id) };
}
