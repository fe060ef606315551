/** Entry of the sandbox process (see main/sandbox). */
import { serveSandbox } from './sandbox/serve-sandbox.ts';

serveSandbox();
