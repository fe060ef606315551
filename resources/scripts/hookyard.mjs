#!/usr/bin/env node
/**
 * `hookyard <command>`: `test <folder>` runs regression tests; without a command it becomes the headless host, as
 * `npm run headless` does. Builds what is stale first; standard output belongs to the command.
 */
import './headless.mjs';
