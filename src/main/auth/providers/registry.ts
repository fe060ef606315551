/** Every known sender, in the order the forms offer them. A new one is one file and one line here; names are unique. */
import { github } from './github.ts';
import type { Provider } from './provider.ts';

export const providerRegistry: readonly Provider[] = [github];
