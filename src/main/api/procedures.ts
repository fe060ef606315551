/**
 * How procedures are made: the contract with the two things every call has, who calls and what they may do, and the
 * one place where errors become answers. Scopes are judged before input, so a stranger learns nothing from a 422.
 */
import { implement, os } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { Scope } from '../../shared/contract/views.ts';
import { AppError } from '../../shared/errors.ts';
import { newId } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { toRpcError } from './rpc-errors.ts';

/** What a transport tells of its caller. */
export interface ApiContext {
  readonly scopes: ReadonlySet<Scope>;
  /** Id of this call where the transport gives one to each; answered with every error. */
  readonly requestId?: string;
  /** Names the answer as a file, where the transport can. */
  readonly attach?: (fileName: string) => void;
  /** Name of the token that calls; absent: the operator at the window. */
  readonly caller?: string;
}

/** What the operator at the window or the admin page may do: everything. */
export const operatorContext: ApiContext = { scopes: new Set<Scope>(['read', 'run', 'admin']) };

/** Whether a caller may do what needs this scope; `admin` may do everything (SPEC 11). */
export function hasScope(context: ApiContext, scope: Scope): boolean {
  return context.scopes.has(scope) || context.scopes.has('admin');
}

/** The contract ready to be implemented: input is judged after every middleware. */
export function createProcedures(logger: Logger) {
  return implement(contract, { initialInputValidationIndex: Number.MAX_SAFE_INTEGER })
    .$context<ApiContext>()
    .use(async ({ context, next }) => {
      const requestId = context.requestId ?? newId('req');
      try {
        return await next();
      } catch (error) {
        throw toRpcError(error, requestId, logger);
      }
    });
}
export type Procedures = ReturnType<typeof createProcedures>;

const middlewares = os.$context<ApiContext>();

/** Lets only callers pass who may do what needs this scope. */
export function requires(scope: Scope) {
  return middlewares.middleware(({ context, next }) => {
    if (hasScope(context, scope)) return next();
    throw new AppError({
      code: 'forbidden',
      message: `This call needs a token with the scope "${scope}".`,
      details: { scope },
    });
  });
}
