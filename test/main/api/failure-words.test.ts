import { describe, expect, it } from 'vitest';
import { failureWords } from '../../../src/main/api/failure-words.ts';
import { errorTable, isErrorCode } from '../../../src/shared/errors.ts';

/** Codes no captured request is refused with: they belong to steps, to calls of `/v1`, or to the start of the app. */
const elsewhere = new Set([
  'forbidden',
  'conflict',
  'invalid',
  'code_failed',
  'code_timeout',
  'step_failed',
  'step_timeout',
  'http_failed',
  'http_status',
  'target_blocked',
  'mail_failed',
  'record_invalid',
  'record_not_found',
  'record_conflict',
  'rejected',
  'interrupted',
  'wait_timeout',
  'run_limit',
  'cancelled',
  'port_in_use',
  'data_folder_locked',
  'data_folder_unusable',
  'bad_option',
  'internal',
]);
/** Causes that are no error codes. */
const causes = ['old_secret', 'hold_expired', 'deactivated', 'not_live'];

describe('the words of a cause', () => {
  it.each([...Object.keys(errorTable).filter((code) => !elsewhere.has(code)), ...causes])(
    'say what happened and what mends it: %s',
    (reason) => {
      const words = failureWords(reason);
      expect(words.title).not.toBe(failureWords('internal').title);
      expect(words.title).toMatch(/^[A-Z].{5,70}[^.]$/);
      expect(words.mending).toMatch(/^[A-Z].{10,220}\.$/);
    },
  );

  it('count the callers where that tells whom to speak to', () => {
    expect(failureWords('old_secret', 1).title).toBe('One caller still uses the old key');
    expect(failureWords('old_secret', 3).title).toBe('3 callers still use the old key');
    expect(failureWords('unauthorized', 3).title).toBe(failureWords('unauthorized').title);
  });

  it('of a cause nobody foresaw point at the log, whatever it is called', () => {
    for (const reason of ['nobody knows', 'constructor', '__proto__', '']) {
      expect(failureWords(reason)).toEqual(failureWords('internal'));
    }
    expect([...elsewhere].every(isErrorCode)).toBe(true);
  });
});
