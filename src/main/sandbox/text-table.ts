/** The texts of one batch: each value is written once, however many of the batch's jobs name it. */
import { AppError } from '../../shared/errors.ts';

/** Largest scope part or input that is handed to a sandbox, in characters of JSON. */
const MAX_TEXT_LENGTH = 128 * 1024 * 1024;

export interface TextTable {
  readonly texts: readonly string[];
  /** Characters in all texts so far. */
  readonly length: number;
  /**
   * Number of the text of a value; -1 for no value.
   * @throws AppError `sandbox_limit` when the value can't be written as JSON of that size.
   */
  add(value: unknown): number;
}

function write(value: unknown): string | undefined {
  try {
    const text: string | undefined = JSON.stringify(value);
    if (text === undefined || text.length <= MAX_TEXT_LENGTH) return text;
  } catch (cause) {
    throw new AppError({
      code: 'sandbox_limit',
      message: 'The data of the expression is not plain JSON',
      cause,
    });
  }
  throw new AppError({ code: 'sandbox_limit', message: 'The data of the expression is too large' });
}

export function createTextTable(): TextTable {
  const texts: string[] = [];
  const known = new Map<unknown, number>();
  let length = 0;
  return {
    texts,
    get length() {
      return length;
    },
    add(value) {
      const before = known.get(value);
      if (before !== undefined) return before;
      const text = write(value);
      if (text === undefined) return -1;
      length += text.length;
      texts.push(text);
      known.set(value, texts.length - 1);
      return texts.length - 1;
    },
  };
}
