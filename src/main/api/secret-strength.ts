/** Whether a secret somebody chose is worth the name (RELIABILITY 5): said beside it, never a reason to refuse it. */
import type { Issue, WorkflowDocument } from '../../shared/model/document.ts';
import { authOf, ownHooksOf, splitAuth } from './hooks.ts';

const fewestBytes = 16;
const mostBytes = 512;
/** Fewer different characters than this are a pattern. */
const fewestCharacters = 6;

/** What is weak about a secret, in a sentence; null where nothing is. */
export function weaknessOf(secret: string): string | null {
  const bytes = Buffer.byteLength(secret);
  if (bytes < fewestBytes) {
    return `It has ${bytes} bytes: a secret shorter than ${fewestBytes} can be guessed by trying.`;
  }
  if (bytes > mostBytes)
    return `It has ${bytes} bytes: many senders take no secret longer than ${mostBytes}.`;
  if (new Set(secret).size < fewestCharacters)
    return 'It repeats a few characters and can be guessed by trying.';
  return null;
}

/** The weak secrets a document brings along, with their paths. */
export function weakSecretsOf(document: WorkflowDocument): readonly Issue[] {
  return ownHooksOf(document).flatMap(({ config, index, node }) =>
    Object.entries(splitAuth(authOf(config)).given).flatMap(([field, value]) => {
      const message = weaknessOf(value);
      return message === null
        ? []
        : [{ path: `nodes[${index}].config.auth.${field}`, message, nodeId: node.id }];
    }),
  );
}
