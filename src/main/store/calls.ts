/** Turns what callers give into calls the writer takes, and finds the request body a call carries. */
import { encodeAdmission, encodeNotes, encodeUnadmitted } from './encode.ts';
import type { Call, OperationInput, OperationName } from './operations.ts';

/** A call of any operation, told apart by its name. */
type AnyCall = { [Name in OperationName]: Call<Name> }[OperationName];
type AnyInput = { [Name in OperationName]: { name: Name; input: OperationInput<Name> } }[OperationName];

/** Makes the call; nothing the caller holds is looked at later but the bytes of a body. */
export function toCall<Name extends OperationName>(name: Name, input: OperationInput<Name>): Call {
  // A name and the input of that name are one case of the union; the compiler can not see it through the parameter.
  const given = { name, input } as unknown as AnyInput;
  switch (given.name) {
    case 'admit':
      return { name: given.name, input: encodeAdmission(given.input) };
    case 'captureRefused':
      return { name: given.name, input: encodeUnadmitted(given.input) };
    case 'noteReplies':
      return { name: given.name, input: encodeNotes(given.input) };
    case 'takeSample':
      return { name: given.name, input: { ...encodeUnadmitted(given.input), sample: given.input.sample } };
    default:
      return given;
  }
}

/** The request body a call carries, if it is one that carries any. */
export function bodyOf(call: Call): Uint8Array | undefined {
  const { name, input } = call as AnyCall;
  return name === 'admit' || name === 'captureRefused' || name === 'takeSample'
    ? input.request.body
    : undefined;
}

/** The same call with another body. */
export function withBody(call: Call, body: Uint8Array): Call {
  const { name, input } = call as AnyCall;
  if (name === 'takeSample') return { name, input: { ...input, request: { ...input.request, body } } };
  if (name !== 'admit' && name !== 'captureRefused') return call;
  return { name, input: { ...input, request: { ...input.request, body } } };
}
