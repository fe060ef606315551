/** The forms senders write a signed time in. */
import { readIsoTime, readTimestamp } from './timestamp.ts';

/** One way of writing a time. */
export interface TimeForm {
  /** What the text is, for people. */
  readonly words: string;
  /** Epoch ms; undefined for a text of another form. */
  readonly read: (text: string) => number | undefined;
  readonly write: (now: number) => string;
}

export const seconds: TimeForm = {
  words: 'a whole number of seconds',
  read: (text) => {
    const value = readTimestamp(text);
    return value === undefined ? undefined : value * 1_000;
  },
  write: (now) => String(Math.floor(now / 1_000)),
};

export const milliseconds: TimeForm = {
  words: 'a whole number of milliseconds',
  read: readTimestamp,
  write: String,
};

export const isoTime: TimeForm = {
  words: 'a time like 2030-01-31T12:00:00Z',
  read: readIsoTime,
  write: (now) => new Date(now).toISOString(),
};
