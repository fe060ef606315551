/**
 * A document from elsewhere made inert (RELIABILITY O1): what would give it a URL, a key or a name somebody else has is
 * taken out of it, so that it gets new ones of its own. Node ids and the names of secrets stay.
 */
import type { WorkflowDocument } from '../../shared/model/document.ts';
import { authOf, ownHooksOf, secretFieldsOfAuth } from './hooks.ts';

/** Takes the keys and the URLs out of a document. */
export function withoutKeys(document: WorkflowDocument): WorkflowDocument {
  const hooks = new Map(ownHooksOf(document).map((hook) => [hook.node.id, hook]));
  const nodes = document.nodes.map((node) => {
    const hook = hooks.get(node.id);
    if (hook === undefined) return node;
    const { slug: _slug, auth: _auth, ...config } = node.config;
    if (hook.config.auth === undefined) return { ...node, config };
    const auth = authOf(hook.config);
    const secret = new Set(secretFieldsOfAuth(auth).all);
    const kept = Object.fromEntries(Object.entries(auth).filter(([name]) => !secret.has(name)));
    return { ...node, config: { ...config, auth: { ...kept, scheme: auth.scheme } } };
  });
  return { ...document, nodes };
}
