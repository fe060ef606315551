/**
 * The words by which window and main process find each other: the page asks for a port, main sends one, the preload
 * script hands it on as a window message. Everything else travels over that port.
 */

/** Page to main: send me a fresh port. */
export const connectChannel = 'hookyard:connect';

/** Main to preload, and preload to page: here is the port. */
export const portMessage = 'hookyard:port';
