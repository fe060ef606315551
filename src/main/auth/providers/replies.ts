/** Answers to handshakes: what a stranger sent goes back as plain text a browser will not take for a page. */
import type { Handshake } from './provider.ts';

type Answer = Extract<Handshake, { readonly kind: 'answer' }>;

/** 200 with this text exactly. `note` is a sentence for the inspector. */
export function plainAnswer(body: string, note: string): Answer {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return { kind: 'answer', reply: { status: 200, headers, body }, note };
}

/** 200 with this value as JSON. */
export function jsonAnswer(value: Readonly<Record<string, unknown>>, note: string): Answer {
  const headers = { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' };
  return { kind: 'answer', reply: { status: 200, headers, body: JSON.stringify(value) }, note };
}
