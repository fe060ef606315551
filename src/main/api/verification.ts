/** Why a captured request passed or failed its authentication, worked out again from its stored bytes (SPEC 5). */
import type { Verification } from '../../shared/contract/inspector.ts';
import { AppError } from '../../shared/errors.ts';
import type { RequestRow } from '../store/types.ts';
import type { ApiParts } from './parts.ts';

/** What the signature doctor says. */
export async function verificationOf(_parts: ApiParts, _row: RequestRow): Promise<Verification> {
  throw new AppError({ code: 'internal' });
}
