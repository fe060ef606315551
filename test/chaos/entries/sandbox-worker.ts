/** The sandbox process as it is; it lies here so that a bundle of these entries has all three. */
import { serveSandbox } from '../../../src/main/sandbox/serve-sandbox.ts';

serveSandbox();
