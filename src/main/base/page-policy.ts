/**
 * The content security policy of the interface, the same in the browser and in the window (RELIABILITY 2 D).
 * Styles alone may be inline: Mantine and CodeMirror write `<style>` elements while they run, and the built page is a
 * fixed file that can carry no nonce. Scripts never are, and nothing is loaded from or sent to anywhere else.
 */

/**
 * The policy for a page.
 * @param connect origins its sockets may reach beside its own, e.g. `ws://127.0.0.1:4666`.
 */
export function pagePolicy(connect: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Headers every answer to a page carries beside the policy. */
export const pageHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
} as const;
