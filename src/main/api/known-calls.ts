/**
 * Which paths of `/v1` exist and with which methods: told by the contract, so that a wrong method is answered 405 with what
 * would be right, and a wrong path 404, before anything of the call is read (SPEC 11).
 */
import { traverseContractProcedures } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';

interface KnownCall {
  /** Segments of the path; undefined stands for any value. */
  readonly segments: readonly (string | undefined)[];
  readonly method: string;
}

/** Calls that are answered beside the contract, because their answer is no JSON object of it. */
const beside = [
  { path: '/openapi.json', method: 'GET' },
  { path: '/requests/{id}/body', method: 'GET' },
] as const;

function toCall(path: string, method: string): KnownCall {
  return { segments: path.split('/').map((part) => (/^\{\w+\}$/.test(part) ? undefined : part)), method };
}

function readCalls(): readonly KnownCall[] {
  const calls = beside.map(({ path, method }) => toCall(path, method));
  traverseContractProcedures({ path: [], router: contract }, ({ contract: procedure }) => {
    const { method, path } = procedure['~orpc'].route;
    if (path !== undefined) calls.push(toCall(path, method ?? 'POST'));
  });
  return calls;
}

/** The methods of a path without its `/v1`, for `Allow`; none: there is no such path. */
export function createKnownCalls(): (path: string) => readonly string[] {
  const calls = readCalls();
  return (path) => {
    const given = path.split('/');
    const methods = new Set(
      calls
        .filter(
          ({ segments }) =>
            segments.length === given.length &&
            segments.every((segment, index) =>
              segment === undefined ? given[index] !== '' : segment === given[index],
            ),
        )
        .map(({ method }) => method),
    );
    if (methods.has('GET')) methods.add('HEAD');
    return [...methods].toSorted();
  };
}
