/** The scheme `none`: everyone may call (SPEC 5). */
import type { AuthScheme } from './scheme.ts';

export const none: AuthScheme = {
  definition: {
    scheme: 'none',
    title: 'No authentication',
    description: 'Anyone who knows the URL can call. Add an IP allow list, or choose another scheme.',
    fields: [],
  },
  verify: () => ({ ok: true, secretIndex: 0 }),
  sign: () => ({ headers: {}, query: {} }),
};
